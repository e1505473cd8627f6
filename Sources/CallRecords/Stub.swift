import CPhoneNumber
import Crypto
import DelimitedText
import Settings
