"""The command line of the server."""

from pathlib import Path

import pytest

from fastdom_server.settings import Settings, parse


def test_defaults() -> None:
    """With nothing but the folder every setting has the default of `Settings`."""
    assert parse(["--data", "d"]) == Settings(Path("d"))


def test_everything() -> None:
    """Options reach the settings of their name."""
    words = (
        "--data d --network n --listen :0 --durability process --accept-clock --limit reservations_max=10",
        "--limit skus_max=20 --ready-file r --reflection --streams-max 5 --grace-s 3 --checkpoint-entries 0",
    )
    settings = parse(" ".join(words).split())
    assert settings == Settings(
        Path("d"),
        network=Path("n"),
        listen=":0",
        durability="process",
        accept_clock=True,
        limits={"reservations_max": 10, "skus_max": 20},
        ready_file=Path("r"),
        reflection=True,
        streams_max=5,
        grace_s=3,
        checkpoint_entries=0,
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("", "--data DIR is missing"),
        (f"--data {__file__}", f"--data: {__file__} is not a folder"),
        ("--data d --durability sometimes", "--durability: 'sometimes' is not one of strict, relaxed, process"),
        ("--data d --log-level all", "--log-level: 'all' is not one of debug, info, warning, error"),
        ("--data d --streams-max 0", "--streams-max: '0' is not an integer from 1 to 100000"),
        ("--data d --grace-s soon", "--grace-s: 'soon' is not an integer from 0 to 3600"),
        ("--data d --limit x", "--limit: 'x' is not NAME=N"),
        ("--data d --limit x=-1", "--limit: 'x=-1' is not NAME=N"),
        ("--data d --listen", "--listen needs a value"),
        ("--data d --reflection=yes", "--reflection takes no value"),
        ("--data d --nope", "there is no option --nope"),
        ("--data d and more", "too many arguments: and more"),
    ],
)
def test_mistakes(arguments: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake exits with 2 and is one line that names the option and what is allowed."""
    with pytest.raises(SystemExit) as end:
        parse(arguments.split())
    assert end.value.code == 2
    assert capsys.readouterr().err == f"fastdom: {says} (see fastdom-server --help)\n"


def test_channel_options_keep_the_port_and_the_size() -> None:
    """A port is never shared, and messages, headers and streams are bounded."""
    options = dict(Settings(Path("d"), streams_max=7, connection_age_s=60).channel_options())
    assert options["grpc.so_reuseport"] == 0
    assert options["grpc.max_concurrent_streams"] == 7
    assert options["grpc.max_receive_message_length"] == 64 << 20
    assert options["grpc.max_metadata_size"] == 8 << 10
    assert options["grpc.max_connection_age_ms"] == 60_000
