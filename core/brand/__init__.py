"""What a brand wants to be said, and how: its rules, found in a text, mended, kept in a file."""
