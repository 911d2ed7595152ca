#!/bin/sh
# Makes an AppImage of the deb in target/packages: its files as they are, and what appimagetool wants beside them.
# Usage: installers/appimage/build.sh [FOLDER]    the AppDir goes into FOLDER, target/appimage unless another is named
# WebKitGTK is the system's: its processes have their paths compiled in, so it cannot be carried along without being rebuilt.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$root/target/appimage}
app=$folder/Studio.AppDir
rm -rf "$app"
mkdir -p "$app"
dpkg-deb -x "$root"/target/packages/trust-fabric-studio_*.deb "$app"
# An AppImage is no package: what is in it is replaced as a whole.
rm -rf "$app/usr/share/trust-fabric"
install -m 755 "$root/installers/appimage/AppRun" "$app/AppRun"
cp "$app/usr/share/applications/trust-fabric-studio.desktop" "$app/"
cp "$app/usr/share/icons/hicolor/256x256/apps/trust-fabric-studio.png" "$app/"
ln -s trust-fabric-studio.png "$app/.DirIcon"
if command -v appimagetool >/dev/null; then
  appimagetool "$app" "$folder/Trust_Fabric_Studio-$(uname -m).AppImage"
else
  echo "appimagetool is not installed, so the AppImage stays a folder: $app" >&2
fi
