# Takes a bundle, unpacked into a folder, as python-tuf's client takes any repository: root, folder, and the targets to fetch.
import pathlib
import sys
import tempfile

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import Updater, UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface


class Folder(FetcherInterface):
    def _fetch(self, url):
        try:
            yield pathlib.Path(url).read_bytes()
        except FileNotFoundError:
            raise DownloadHTTPError("not found", 404)


root, folder, *targets = sys.argv[1:]
with tempfile.TemporaryDirectory() as own:
    config = UpdaterConfig(prefix_targets_with_hash=False)
    client = Updater(
        own,
        f"{folder}/metadata/",
        own,
        f"{folder}/targets/",
        fetcher=Folder(),
        config=config,
        bootstrap=pathlib.Path(root).read_bytes(),
    )
    client.refresh()
    for target in targets:
        info = client.get_targetinfo(target)
        print(target, pathlib.Path(client.download_target(info)).stat().st_size)
