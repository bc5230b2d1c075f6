"""Android packages (APK): who signed one, read and proven without running anything of it."""
