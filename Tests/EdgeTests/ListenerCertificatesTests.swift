import Foundation
import Testing

@testable import Edge

@Suite struct `Certificates of a listener` {
    private func defect(_ sources: [CertificateSource]) -> CertificateDefect? {
        do throws(CertificateDefect) {
            _ = try ListenerCertificates(sources)
            return nil
        } catch {
            return error
        }
    }

    @Test func `are refused with the name of the bad one and the reason`() throws {
        let good = try TestCertificate(["a.test"])
        let other = try TestCertificate(["b.test"])
        let fitting = try good.source("good")
        #expect(defect([fitting]) == nil)
        #expect(defect([]) == CertificateDefect("", .nothingToServe))
        let wrongKey = try good.source("mixed", key: other)
        #expect(defect([fitting, wrongKey]) == CertificateDefect("mixed", .keyDoesNotFit))
        #expect(
            CertificateDefect("mixed", .keyDoesNotFit).description
                == "mixed: the key does not fit the first certificate of the chain.")
        var source = fitting
        source.chain = fitting.key
        #expect(defect([source])?.reason == .unreadableCertificate)
        source.chain = []
        #expect(defect([source])?.reason == .unreadableCertificate)
        source.chain = Array(fitting.chain.dropLast(60))
        #expect(defect([source])?.reason == .unreadableCertificate)
        source = fitting
        source.key = fitting.chain
        #expect(defect([source])?.reason == .unreadableKey)
        source.key = []
        #expect(defect([source])?.reason == .unreadableKey)
        source.key = [UInt8](
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n".utf8)
        #expect(defect([source])?.reason == .encryptedKey)
    }

    @Test func `say their names and times, and warn of what clients will mind`() throws {
        let from = Date(timeIntervalSince1970: 1_000_000_000)
        let until = Date(timeIntervalSince1970: 1_100_000_000)
        let dated = try TestCertificate(["A.test", "*.a.test"], from: from, until: until)
        let nameless = try TestCertificate([], from: from, until: until)
        let certificates = try ListenerCertificates([dated.source("dated"), nameless.source("nameless")])
        #expect(
            certificates.served == [
                ServedCertificate(
                    name: "dated", hosts: ["a.test", "*.a.test"], validFrom: 1_000_000_000, validUntil: 1_100_000_000),
                ServedCertificate(name: "nameless", hosts: [], validFrom: 1_000_000_000, validUntil: 1_100_000_000),
            ])
        let noHosts = CertificateWarning(certificate: "nameless", reason: .noHosts)
        #expect(certificates.warnings(at: 1_000_000_000) == [noHosts])
        #expect(certificates.warnings(at: 1_100_000_000) == [noHosts])
        #expect(certificates.warnings(at: 999_999_999).map(\.reason) == [.notYetValid, .notYetValid, .noHosts])
        #expect(certificates.warnings(at: 1_100_000_001).map(\.reason) == [.expired, .expired, .noHosts])
    }

    @Test(arguments: [
        ("a.test", 1), ("A.TEST", 1), ("b.test", 2), ("x.b.test", 2), ("y.b.test", 1), ("x.y.b.test", 0),
        (".b.test", 0), ("*.b.test", 2), ("c.test", 3), ("d.test", 0), ("", 0), ("test", 0), (nil, 0),
    ])
    func `are chosen by exact name, then by wildcard, then the first`(_ host: String?, _ index: Int) {
        let choice = HostChoice([
            [], ["a.test", "y.b.test"], ["*.b.test", "b.test", "a.test"], ["c.test", "*.b.test"],
        ])
        #expect(choice.index(for: host) == index)
    }
}
