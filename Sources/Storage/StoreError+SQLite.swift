import FoundationEssentials
import GRDB

extension StoreError {
    /// Keeps SQLite's own result text and drops the statement and its arguments, which may hold secrets.
    init(translating error: any Error) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.inputOutput, "the database failed in an unforeseen way (\(type(of: error)))")
            return
        }
        let said = error.message ?? "SQLite result \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.diskFull, "the disk is full, nothing was written: free some space")
        case .SQLITE_READONLY:
            self.init(.readOnly, "the database cannot be written (\(said))")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "the database stayed locked; another program may have opened it (\(said))")
        case .SQLITE_IOERR, .SQLITE_CANTOPEN:
            self.init(.inputOutput, "reading or writing the database file failed (\(said))")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.damaged, "the database file is damaged: restore it from a backup (\(said))")
        case .SQLITE_MISUSE:
            // What GRDB says about a connection that was closed meanwhile.
            self.init(.closed, "the store is closed")
        case .SQLITE_CONSTRAINT:
            self.init(.constraint, "a row breaks a rule of the schema (\(said))")
        default:
            self.init(.statementRefused, "SQLite refused a statement (\(said))")
        }
    }
}

/// Bytes as GRDB wants them. An empty blob stays a blob (GRDB keeps it apart from NULL).
func blobValue(_ bytes: [UInt8]) -> DatabaseValue {
    Data(bytes).databaseValue
}
