import GRDB
import CallRecords
