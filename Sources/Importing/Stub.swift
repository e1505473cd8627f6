import Bitrix24
import Ledger
import Reporting
