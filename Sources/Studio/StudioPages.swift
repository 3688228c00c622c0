import ControlPlane
import HTTPTypes
public import Hummingbird

/// The Studio: one page that reads, explains and judges tokens inside the browser, and the files it is made of.
///
/// The server only hands out files. What is pasted into the page never comes here: its Content-Security-Policy forbids
/// the browser to send anything anywhere.
public enum StudioPages {
    /// What the page may do: run its own scripts and the judge, show its own style and images. No connection, no form,
    /// no frame, no inline script, no string turned into script (Trusted Types without any policy).
    public static let contentSecurityPolicy = policy(connect: "'none'")

    /// The same for the online page, which may speak to this server.
    public static let onlineContentSecurityPolicy = policy(connect: "'self'")

    private static func policy(connect: String) -> String {
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
            + "manifest-src 'self'; connect-src \(connect); form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'"
    }

    /// Serves the page at `/` and its files under `/studio/`; `/studio` leads to the page.
    /// - Parameter online: what the online page asks; nil serves no online page.
    public static func addRoutes<Context: RemoteAddressRequestContext>(
        to router: some RouterMethods<Context>, online: OnlineStudio? = nil
    ) {
        online?.addRoutes(to: router)
        for file in StudioFiles.all where online != nil || !file.isOnline {
            router.webFile(file, headers: file.isOnline ? Self.onlineFields : Self.fields)
        }
        router.lead(from: "/studio", to: "/", headers: Self.fields)
    }

    private static let fields = HTTPFields.ofWebFiles(contentSecurityPolicy: contentSecurityPolicy)
    private static let onlineFields = HTTPFields.ofWebFiles(contentSecurityPolicy: onlineContentSecurityPolicy)
}
