"""Files to take examples out in: one small writer each, of which none holds them all."""

from core.exporting.kinds import FILE_KINDS, PREFERENCE, FileKind

__all__ = ["FILE_KINDS", "PREFERENCE", "FileKind"]
