import ControlPlane
import HTTPTypes
public import Hummingbird

/// The console: one page that does at `/api` what its person may do there, and the files it is made of.
///
/// The server only hands out files. The page is a client of the token service as any application would be, and has no
/// way in of its own.
public enum ConsolePages {
    /// Where it is.
    public static let path = "/console/"

    /// What the page may do: run its own scripts, show its own style and images, and ask this server. No frame, no inline
    /// script, no string turned into script (Trusted Types without any policy). Its one form ends the session.
    public static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'"

    /// Serves the page at `/console/` and its files below it; `/console` leads to the page.
    public static func addRoutes(to router: some RouterMethods<some RequestContext>) {
        for file in ConsoleFiles.all { router.webFile(file, headers: fields) }
    }

    private static let fields = HTTPFields.ofWebFiles(contentSecurityPolicy: contentSecurityPolicy)
}
