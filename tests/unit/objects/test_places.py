"""Files in a folder and in real S3, Google Cloud Storage and Azure servers: one behaviour."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from shelfguard.errors import FeedError, StoreError
from shelfguard.objects import Place, expand, is_remote, place
from tests.servers.places import remote

Stores = Callable[[str], Mapping[str, str]]

# gcsfs gives aiohttp more than a mebibyte at once.
pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")


def test_what_was_written_is_read(empty: Place) -> None:
    at = empty / "a" / "b.bin"
    at.write(b"first")
    at.write(b"second")
    assert at.read() == b"second"
    assert at.exists()


def test_a_file_that_is_not_there(empty: Place) -> None:
    at = empty / "nothing"
    assert not at.exists()
    assert at.stat() is None
    at.remove()
    with pytest.raises(StoreError, match="no such file or object"):
        at.read()


def test_the_version_changes_with_every_other_content(empty: Place) -> None:
    at = empty / "feed.csv"
    at.write(b"one")
    before = at.stat()
    at.write(b"two")
    after = at.stat()
    assert before
    assert after
    assert (before.size, after.size) == (3, 3)
    assert before.version != after.version


def test_a_file_is_created_once(empty: Place) -> None:
    at = empty / "manifest.json"
    assert at.create(b"mine")
    assert not at.create(b"theirs")
    assert at.read() == b"mine"


def test_of_many_who_create_a_file_one_wins(empty: Place) -> None:
    at, start = empty / "manifest.json", threading.Barrier(8)

    def create(number: int) -> bool:
        start.wait()
        return at.create(b"%d" % number)

    with ThreadPoolExecutor(8) as threads:
        created = list(threads.map(create, range(8)))
    assert created.count(True) == 1
    assert at.read() == b"%d" % created.index(True)


def test_names_are_those_at_any_depth_that_begin_alike(empty: Place) -> None:
    for name in ("b", "a/1", "a/2", "ab/3"):
        (empty / name).write(b"")
    assert empty.names() == ["a/1", "a/2", "ab/3", "b"]
    assert empty.names("a/") == ["a/1", "a/2"]
    assert (empty / "a").names() == ["1", "2"]
    assert (empty / "a").names("2") == ["2"]
    assert (empty / "c").names() == []


def test_a_bucket_is_a_folder(empty_remote: Place) -> None:
    (empty_remote / "a").write(b"")
    bucket, _, prefix = empty_remote.url.rpartition("/")
    assert f"{prefix}/a" in place(bucket).names()
    assert place(f"{bucket}/").names(prefix) == [f"{prefix}/a"]


def test_what_was_removed_is_gone(empty: Place) -> None:
    (empty / "a").write(b"")
    (empty / "a").remove()
    assert empty.names() == []


def test_a_stream_shows_when_it_ends(empty: Place) -> None:
    at = empty / "big"
    with at.open("wb") as sink:
        for _ in range(3):
            sink.write(b"x" * 1_000_000)
        assert not at.exists()
    with at.open("rb") as source:
        source.seek(2_999_999)
        assert source.read() == b"x"


def test_a_stream_that_fails_leaves_what_was_there(empty: Place) -> None:
    at = empty / "report"
    at.write(b"whole")
    with suppress(ZeroDivisionError), at.open("wb") as sink:
        sink.write(b"half")
        raise ZeroDivisionError
    assert at.read() == b"whole"
    assert empty.names() == ["report"]


def test_files_come_and_go(empty: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("local")
    (folder / "source").write_bytes(bytes(range(256)) * 50_000)
    (empty / "copy").put_file(folder / "source")
    (empty / "copy").fetch_to(folder / "target")
    assert (folder / "target").read_bytes() == (folder / "source").read_bytes()


def test_a_place_goes_to_other_processes_as_its_url(empty: Place) -> None:
    (empty / "a").write(b"1")
    sent = pickle.loads(pickle.dumps(empty / "a"))
    assert sent == empty / "a"
    assert sent.read() == b"1"


def test_globs_and_folders_are_files_in_order(empty: Place) -> None:
    for name in ("feed/b.csv", "feed/a.csv", "feed/_SUCCESS", "feed/deep/c.csv", "other.csv"):
        (empty / name).write(b"")
    url = empty.url
    assert expand(f"{url}/feed/*.csv") == [f"{url}/feed/a.csv", f"{url}/feed/b.csv"]
    assert expand(f"{url}/f*/a.csv") == [f"{url}/feed/a.csv"]
    assert expand(f"{url}/**/c.csv") == [f"{url}/feed/deep/c.csv"]
    assert expand(f"{url}/feed") == [f"{url}/feed/{name}.csv" for name in ("a", "b", "deep/c")]
    assert expand(f"{url}/other.csv") == [f"{url}/other.csv"]


def test_a_glob_that_names_nothing_is_an_error(empty: Place) -> None:
    with pytest.raises(FeedError, match="no file is there"):
        expand(f"{empty.url}/*.parquet")


def test_a_missing_bucket_is_named(empty_remote: Place) -> None:
    scheme = empty_remote.url.partition("://")[0]
    nowhere = place(f"{scheme}://no-such-bucket/feed")
    for act in (nowhere.names, lambda: nowhere.write(b""), lambda: nowhere.create(b"")):
        with pytest.raises(StoreError, match="there is no such bucket"):
            act()


def test_a_server_that_is_not_there_is_an_error_without_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed: shelfguard[cloud]")
    # The client for the tests' server is still there.
    monkeypatch.setattr(s3fs.S3FileSystem, "_cache", {})
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
    with pytest.raises(StoreError, match="the store cannot be reached") as caught:
        place("s3://bucket/feed").read()
    assert "hush" not in str(caught.value)


def test_a_client_without_credentials_is_told_where_they_are_looked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed: shelfguard[cloud]")
    monkeypatch.setattr(s3fs.S3FileSystem, "_cache", {})
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StoreError, match=r"no credentials were found.*AWS_ACCESS_KEY_ID"):
        place("s3://bucket/feed").read()


@pytest.mark.parametrize(
    ("kind", "client", "secret", "wrong"),
    [
        ("s3", "s3fs.S3FileSystem", "AWS_SECRET_ACCESS_KEY", "hush-hush"),
        (
            "azure",
            "adlfs.AzureBlobFileSystem",
            "AZURE_STORAGE_CONNECTION_STRING",
            "AccountName=devstoreaccount1;AccountKey=aHVzaC1odXNo;BlobEndpoint={endpoint}",
        ),
    ],
)
def test_wrong_credentials_are_refused(
    kind: str, client: str, secret: str, wrong: str, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = remote(kind, monkeypatch, stores) / "feed"
    endpoint = os.environ[secret].partition("BlobEndpoint=")[2]
    monkeypatch.setattr(f"{client}._cache", {})
    monkeypatch.setenv(secret, wrong.format(endpoint=endpoint))
    for act in (at.read, at.exists, at.names, lambda: at.create(b"")):
        with pytest.raises(StoreError, match="access is refused") as caught:
            act()
        assert wrong not in str(caught.value)


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(StoreError, match=r"package s3fs. .*shelfguard\[cloud\]"):
        place("s3://bucket/feed").read()


def test_an_unknown_kind_of_store_is_an_error() -> None:
    with pytest.raises(StoreError, match=r"'ftp://' is no kind of store. Use one of s3://"):
        place("ftp://host/feed").read()


@pytest.mark.parametrize(
    ("text", "is_elsewhere"),
    [
        ("s3://bucket/feed", True),
        ("abfss://box@account.dfs.core.windows.net/feed", True),
        ("feed.csv", False),
        ("/data/feed.csv", False),
        ("file:///data/feed.csv", False),
        ("C:/feed.csv", False),
    ],
)
def test_what_is_remote(text: str, is_elsewhere: bool) -> None:
    assert is_remote(text) is is_elsewhere


def test_a_local_file_is_taken_as_it_is_named(tmp_path: Path) -> None:
    odd = tmp_path / "feed[1].csv"
    odd.write_bytes(b"")
    assert expand(str(odd)) == [str(odd)]
    assert expand(str(tmp_path / "missing.csv")) == [str(tmp_path / "missing.csv")]
    assert place(odd.as_uri()).exists()
