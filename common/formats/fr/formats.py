"""French dates as Django has them, but for the hour: le 3 mars 2026 à 14:05."""

DATETIME_FORMAT = r"j F Y \à H:i"
