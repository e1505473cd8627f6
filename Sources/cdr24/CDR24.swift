import ArgumentParser
import UnixSignals
@main struct CDR24: ParsableCommand { }
