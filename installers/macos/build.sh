#!/bin/sh
# Makes a disk image of the programs that are built, on macOS. It is not signed and not notarised.
# Usage: installers/macos/build.sh PROGRAMS [FOLDER]    PROGRAMS holds `studio` and `fabric`; the image goes into FOLDER, target/macos unless named
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
programs=$1
folder=${2:-$root/target/macos}
version=$("$programs/fabric" --version | cut -d ' ' -f 2)
image=$folder/image
app="$image/Trust Fabric Studio.app/Contents"
rm -rf "$image"
mkdir -p "$app/MacOS" "$app/Resources"
cp "$programs/studio" "$programs/fabric" "$app/MacOS/"
sed "s/@VERSION@/$version/" "$root/installers/macos/Info.plist" >"$app/Info.plist"
cp "$root/LICENSE" "$root/assets/fonts/inter.OFL.txt" "$root/assets/fonts/jetbrains-mono.OFL.txt" "$app/Resources/"
cp "$root/assets/icons/LICENSE.txt" "$app/Resources/icons.LICENSE.txt"
ln -s /Applications "$image/Applications"

set=$folder/icon.iconset
rm -rf "$set"
mkdir -p "$set"
for size in 32 64 128; do cp "$root/src-tauri/icons/${size}x${size}.png" "$set/icon_${size}x${size}.png"; done
cp "$root/src-tauri/icons/32x32.png" "$set/icon_16x16@2x.png"
cp "$root/src-tauri/icons/128x128@2x.png" "$set/icon_256x256.png"
cp "$root/src-tauri/icons/icon.png" "$set/icon_512x512.png"
iconutil --convert icns --output "$app/Resources/icon.icns" "$set"
hdiutil create -volname "Trust Fabric Studio" -srcfolder "$image" -format UDZO -ov "$folder/Trust_Fabric_Studio-$version.dmg"
