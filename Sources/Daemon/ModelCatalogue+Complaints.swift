import AIGateway
import Blueprint
import Gateway

extension ModelCatalogue {
    /// The models of a whole configuration, with the secrets of their providers.
    static func read(
        _ blueprint: Blueprint, keeping earlier: ModelCatalogue? = nil, in surroundings: Surroundings
    ) throws(ConfigurationComplaints) -> ModelCatalogue {
        let (catalogue, complaints) = compile(blueprint, keeping: earlier, secret: surroundings.secret)
        guard complaints.isEmpty else {
            throw ConfigurationComplaints(
                complaints: complaints.map { ConfigurationComplaint(pointer: $0.pointer, message: $0.message) })
        }
        return catalogue
    }
}
