#!/bin/sh
# Makes an MSI of programs that were built for Windows, with wixl (Debian: package wixl). It is not signed.
# Usage: installers/windows/build.sh PROGRAMS VERSION [FOLDER]    PROGRAMS holds studio.exe and fabric.exe; the MSI goes into FOLDER,
# target/windows unless named
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
programs=$1
version=$2
folder=${3:-$root/target/windows}
rm -rf "$folder"
mkdir -p "$folder"
cp "$programs/studio.exe" "$programs/fabric.exe" "$root/src-tauri/icons/icon.ico" "$root/installers/windows/studio.wxs" "$folder/"
cp "$root/LICENSE" "$folder/LICENSE.txt"
cp "$root/assets/fonts/inter.OFL.txt" "$folder/Inter.OFL.txt"
cp "$root/assets/fonts/jetbrains-mono.OFL.txt" "$folder/JetBrainsMono.OFL.txt"
cp "$root/assets/icons/LICENSE.txt" "$folder/Lucide.txt"
cd "$folder"
wixl -D "Version=$version" -a x64 -o "Trust_Fabric_Studio-$version.msi" studio.wxs
