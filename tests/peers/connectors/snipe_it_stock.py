"""What a made-up Snipe-IT holds, and its rules, as in the source of 8.1.4."""

from __future__ import annotations

import html
import itertools
import re
from dataclasses import dataclass, field
from typing import Any

MOST = 500


class NoError(Exception):
    """It says no: HTTP 200, `status: error`."""


@dataclass
class Stock:
    """Assets and what they are made of. `unique_serial` as the setting; `races` lets that many
    creates pass the check that their tag is taken, as two at once do."""

    unique_serial: bool = False
    shows_archived: bool = False
    races: int = 0
    assets: dict[int, dict[str, Any]] = field(default_factory=dict)
    labels: dict[int, dict[str, Any]] = field(default_factory=dict)
    models: dict[int, dict[str, Any]] = field(default_factory=dict)
    fields: dict[int, dict[str, Any]] = field(default_factory=dict)
    fieldsets: dict[int, dict[str, Any]] = field(default_factory=dict)
    log: list[tuple[int, str, str]] = field(default_factory=list)
    tagged: dict[str, set[int]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    # ── making ──────────────────────────────────────────────────────────────────────────────────
    def label(self, name: str, kind: str = "deployable") -> int:
        return self._put(self.labels, {"name": name, "type": kind})

    def model(self, name: str, fieldset: int | None = None) -> int:
        return self._put(self.models, {"name": name, "fieldset_id": fieldset, "category_id": 1})

    def column(self, name: str, fieldset: int, *, is_unique: bool = False) -> str:
        number = self.custom(name, is_unique=is_unique)
        self.fieldsets[fieldset]["fields"].append(number)
        return str(self.fields[number]["db_column_name"])

    def custom(self, name: str, *, is_unique: bool = False) -> int:
        number = self._put(self.fields, {"name": name, "is_unique": is_unique})
        slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        self.fields[number]["db_column_name"] = f"_snipeit_{slug}_{number}"
        return number

    def fieldset(self, name: str) -> int:
        return self._put(self.fieldsets, {"name": name, "fields": []})

    def asset(self, **its: Any) -> int:
        made = {"serial": None, "assigned": None, "deleted": False, **its}
        number = self._put(self.assets, made)
        self._tag(number)
        return number

    def _tag(self, number: int) -> None:
        tag = str(self.assets[number].get("asset_tag") or "").lower()
        self.tagged.setdefault(tag, set()).add(number)

    def _put(self, room: dict[int, dict[str, Any]], what: dict[str, Any]) -> int:
        number = int(next(self.numbers))
        room[number] = {"id": number, **what}
        return number

    # ── finding ─────────────────────────────────────────────────────────────────────────────────
    def living(self) -> list[dict[str, Any]]:
        return [each for each in self.assets.values() if not each["deleted"]]

    def by(self, key: str, value: str) -> list[dict[str, Any]]:
        if key == "asset_tag":
            numbers = sorted(self.tagged.get(value.lower(), ()))
            several = [self.assets[n] for n in numbers if not self.assets[n]["deleted"]]
        else:
            several = self.living()
        return [each for each in several if str(each.get(key) or "").lower() == value.lower()]

    def listed(self, query: dict[str, str]) -> dict[str, Any]:
        rows = self.living()
        for key, value in query.items():
            if any(each["db_column_name"] == key for each in self.fields.values()):
                rows = [each for each in rows if each.get(key) == value]
        if "status_id" in query:
            rows = [each for each in rows if each["status_id"] == int(query["status_id"])]
        elif not self.shows_archived:
            archived = {n for n, each in self.labels.items() if each["type"] == "archived"}
            rows = [each for each in rows if each["status_id"] not in archived]
        if query.get("sort") != "id" or query.get("order") != "asc":
            rows.reverse()
        limit = int(query.get("limit", MOST))
        limit, offset = limit if 0 < limit <= MOST else MOST, int(query.get("offset", 0))
        return {
            "total": len(rows), "rows": [self.shown(each) for each in rows[offset:][:limit]],
        }  # fmt: skip

    def shown(self, asset: dict[str, Any]) -> dict[str, Any]:
        label, model = self.labels[asset["status_id"]], self.models[asset["model_id"]]
        meta = "deployed" if asset["assigned"] else label["type"]
        kind, number = asset["assigned"] or ("", 0)
        return {
            "id": asset["id"], "name": "", "asset_tag": _e(asset["asset_tag"]),
            "serial": _e(asset["serial"] or ""),
            "model": {"id": model["id"], "name": _e(model["name"])},
            "status_label": {
                "id": label["id"], "name": _e(label["name"]), "status_type": label["type"],
                "status_meta": meta,
            },
            "assigned_to": {"id": number, "type": kind, "name": "A &amp; B"} if number else None,
            "custom_fields": {
                _e(each["name"]): {
                    "field": each["db_column_name"],
                    "value": _e(asset.get(each["db_column_name"]) or ""),
                }
                for each in self._fields_of(asset["model_id"])
            },
            "location": asset.get("location_id"),
        }  # fmt: skip

    # ── changing ────────────────────────────────────────────────────────────────────────────────
    def create(self, said: dict[str, Any]) -> dict[str, Any]:
        for key in ("asset_tag", "model_id", "status_id"):
            if not said.get(key):
                raise NoError({key: [f"The {key} field is required."]})
        self._check(said, None)
        if self.by("asset_tag", said["asset_tag"]):
            if not self.races:
                raise NoError({"asset_tag": ["The asset tag must be unique."]})
            self.races -= 1
        number = self.asset(**{key: _trimmed(value) for key, value in said.items()})
        self.log.append((number, "create", ""))
        return dict(self.assets[number])

    def patch(self, number: int, said: dict[str, Any]) -> dict[str, Any]:
        asset = self._asset(number)
        self._check(said, number)
        if self.unique_serial and said.get("serial") and said["serial"] == asset["serial"]:
            raise NoError({"serial": ["The serial must be unique."]})  # 18021
        if "rtd_location_id" in said and "location_id" not in said:
            asset["location_id"] = said["rtd_location_id"]
        if any(asset.get(key) != value for key, value in said.items()):
            self.log.append((number, "update", ",".join(sorted(said))))
        asset.update({key: _trimmed(value) for key, value in said.items()})
        self._tag(number)
        return dict(asset)

    def check_out(self, number: int, said: dict[str, Any]) -> dict[str, Any]:
        asset = self._asset(number)
        if asset["assigned"] or self._kind(asset) != "deployable":
            raise NoError("That asset is not available for checkout!")
        kind = said.get("checkout_to_type")
        if kind not in ("user", "location", "asset") or not said.get(f"assigned_{kind}"):
            raise NoError({"checkout_to_type": ["The selected checkout to type is invalid."]})
        asset["assigned"] = (kind, said[f"assigned_{kind}"])
        self.log.append((number, "checkout", str(said.get("note", ""))))
        return {"asset": asset["asset_tag"]}

    def check_in(self, number: int, said: dict[str, Any]) -> dict[str, Any]:
        asset = self._asset(number)
        if not asset["assigned"]:
            raise NoError("That asset is already checked in.")
        asset["assigned"] = None
        self.log.append((number, "checkin", str(said.get("note", ""))))
        return {"asset": asset["asset_tag"]}

    def _asset(self, number: int) -> dict[str, Any]:
        found = self.assets.get(number)
        if found is None or found["deleted"]:
            raise NoError("Asset does not exist.")
        return found

    def _kind(self, asset: dict[str, Any]) -> str:
        return str(self.labels[asset["status_id"]]["type"])

    def _fields_of(self, model: int) -> list[dict[str, Any]]:
        fieldset = self.fieldsets.get(self.models[model]["fieldset_id"] or 0, {"fields": []})
        return [self.fields[number] for number in fieldset["fields"]]

    def _check(self, said: dict[str, Any], number: int | None) -> None:
        if "status_id" in said and said["status_id"] not in self.labels:
            raise NoError({"status_id": ["The selected status id is invalid."]})
        if "model_id" in said and said["model_id"] not in self.models:
            raise NoError({"model_id": ["The selected model id is invalid."]})
        if number is not None and "asset_tag" in said:
            self._free(number, "asset_tag", said["asset_tag"])
        if self.unique_serial and said.get("serial") and number is None:
            self._free(number, "serial", said["serial"])
        model = said.get("model_id") or self.assets[number or 0]["model_id"]
        allowed = {each["db_column_name"]: each for each in self._fields_of(model)}
        for key, value in said.items():
            if key.startswith("_snipeit_") and key not in allowed:
                raise NoError({key: ["This field is not in the fieldset of the model."]})
            if key in allowed and allowed[key]["is_unique"]:
                self._free(number, key, value)

    def _free(self, number: int | None, key: str, value: str) -> None:
        others = [each for each in self.living() if each["id"] != number]
        if any(str(each.get(key) or "").lower() == str(value).lower() for each in others):
            raise NoError({key: [f"The {key} has already been taken."]})


def _e(text: str) -> str:
    """Laravel's `e()`: quotes too."""
    return html.escape(text, quote=True).replace("&#x27;", "&#039;")


def _trimmed(value: Any) -> Any:
    """Laravel's TrimStrings and ConvertEmptyStringsToNull."""
    return (value.strip() or None) if isinstance(value, str) else value
