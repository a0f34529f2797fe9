"""The secrets of an installation on one machine.

Made up once and kept in its data folder.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from secrets import choice, token_urlsafe

from jada_flask.domain.errors import ConfigError
from jada_flask.hashes import hash_password, hash_token

_AT_SEA = """
    anchor beacon binnacle bowline bulwark burgee capstan cleat compass current
    davit fairlead fathom fender forestay galley genoa gunwale halyard harbor helm
    jetty jib kedge keel lantern lazaret leeward locker luff mainsail marina mast
    mooring oilskin pelican pennant quay ratline reef rigging rudder sailor schooner
    sextant shackle shoal spinnaker stanchion starboard swell tackle tiller topsail
    transom vang wake windlass windward yawl
"""
_WORDS = _AT_SEA.split()


@dataclass(frozen=True, slots=True)
class LocalSecrets:
    """What was made up: in plain for whoever sits at this machine.

    Hashed for the settings.
    """

    admin_password: str
    dashboard_token: str
    service_key: str
    settings: dict[str, str]


def kept_secrets(data_dir: Path) -> LocalSecrets:
    """The secrets of this data folder.

    The first who asks makes them, readable by its owner.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        path = data_dir / "secrets.json"
        with (data_dir / ".secrets.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _write(path, _made_up())
            return LocalSecrets(**json.loads(path.read_text()))
    except OSError as error:
        raise ConfigError(
            f"JADA_DATA_DIR: {data_dir} cannot be written ({error.strerror})."
        ) from None
    except (ValueError, TypeError):
        raise ConfigError(
            f"JADA_DATA_DIR: {data_dir}/secrets.json is damaged; "
            "remove it for new secrets."
        ) from None


def _made_up() -> dict[str, object]:
    password = "-".join(choice(_WORDS) for _ in range(5))
    dashboard, service = token_urlsafe(32), token_urlsafe(32)
    return {
        "admin_password": password,
        "dashboard_token": dashboard,
        "service_key": service,
        "settings": {
            "SECRET_KEY": token_urlsafe(48),
            "ADMIN_PASS_HASH": hash_password(password),
            "DASHBOARD_TOKEN_HASH": hash_token(dashboard),
            "SERVICE_KEY_HASH": hash_token(service),
        },
    }


def _write(path: Path, made_up: dict[str, object]) -> None:
    draft = path.with_suffix(".new")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
    ) as file:
        json.dump(made_up, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
