import ArgumentParser
import PortalSimulator
@main struct Sim: ParsableCommand { }
