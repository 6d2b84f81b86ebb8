"""The exit kit: an organisation's whole public face as files that any web server can keep."""

from assertions.services.kit.making import note_kit, write_kit

__all__ = ["note_kit", "write_kit"]
