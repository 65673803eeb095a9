"""Judges datasets that Fieldgloss writes: Parquet tables by pyarrow, Hugging Face folders by their card, JSON by its schema.

    check_datasets.py parquet FOLDER           rows and columns of every table, as JSON
    check_datasets.py hf FOLDER                the card's YAML, its configs against the files, the splits
    check_datasets.py json FILE SCHEMA         our JSON against its JSON Schema (2020-12)

Prints a verdict as JSON and ends with 0 when nothing is wrong.
"""

import json
import sys
from pathlib import Path


def tables(folder, problems):
    """Name, rows, columns with types, and the first rows of each table."""
    import pyarrow.parquet as pq

    found = {}
    for file in sorted(folder.rglob("*.parquet")):
        try:
            table = pq.read_table(file)
            metadata = pq.read_metadata(file)
        except Exception as error:  # whatever it is, the file cannot be read
            problems.append(f"{file.name}: pyarrow cannot read it: {error}")
            continue
        about = {k.decode(): v.decode() for k, v in (metadata.metadata or {}).items()}
        if not about.get("fieldgloss.version"):
            problems.append(f"{file.name} does not say which version wrote it")
        codecs = {
            metadata.row_group(g).column(c).compression
            for g in range(metadata.num_row_groups)
            for c in range(metadata.num_columns)
        }
        if codecs - {"ZSTD"}:
            problems.append(f"{file.name} is packed with {codecs}")
        table.validate(full=True)
        found[str(file.relative_to(folder).with_suffix("")).replace("\\", "/")] = {
            "rows": table.num_rows,
            "columns": {field.name: str(field.type) for field in table.schema},
            "first": table.slice(0, 5).to_pylist(),
            "created_by": metadata.created_by,
        }
    if not found:
        problems.append(f"there are no Parquet files in {folder}")
    return found


def card(folder, problems):
    """The YAML of the card, and whether what it says is there."""
    import pyarrow.parquet as pq
    import yaml

    text = (folder / "README.md").read_text(encoding="utf-8")
    _, head, prose = text.split("---\n", 2)
    said = yaml.safe_load(head)
    for key in ("pretty_name", "language", "license", "size_categories", "task_categories", "configs", "annotations_creators"):
        if not said.get(key):
            problems.append(f"the card has no {key}")
    for code in said.get("language", []):
        if not (isinstance(code, str) and len(code) in (2, 3) and code.islower()):
            problems.append(f"{code!r} is no language code")
    named, sessions, schemas = set(), {}, {}
    for config in said.get("configs", []):
        for part in config["data_files"]:
            file = folder / part["path"]
            named.add(part["path"])
            if not file.is_file():
                problems.append(f"{config['config_name']}: {part['path']} is not there")
                continue
            table = pq.read_table(file)
            schema = schemas.setdefault(config["config_name"], table.schema.remove_metadata())
            if table.schema.remove_metadata() != schema:
                problems.append(f"{config['config_name']}: the splits differ in their columns")
            if table.num_rows == 0:
                problems.append(f"{part['path']} is empty")
            if "session_id" in table.column_names:
                for session in set(table.column("session_id").to_pylist()):
                    sessions.setdefault(session, set()).add(part["split"])
    there = {str(f.relative_to(folder)).replace("\\", "/") for f in folder.rglob("*.parquet")}
    if named != there:
        problems.append(f"the configs name {sorted(named)}, the files are {sorted(there)}")
    problems += [f"session {s} is in {sorted(parts)}" for s, parts in sessions.items() if len(parts) != 1]
    if not (folder / "LICENSE").read_text(encoding="utf-8").strip():
        problems.append("LICENSE is empty")
    return {"card": said, "sessions": {s: sorted(p) for s, p in sessions.items()}, "prose": len(prose)}


def against_schema(file, schema, problems):
    """Our JSON against its schema, and the schema against JSON Schema's own."""
    import jsonschema

    schema = json.loads(schema.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    content = json.loads(file.read_text(encoding="utf-8"))
    for error in list(validator.iter_errors(content))[:20]:
        problems.append(f"{error.json_path}: {error.message[:300]}")
    return {"lists": {k: len(v) for k, v in content.items() if isinstance(v, list)}}


def main():
    problems = []
    match sys.argv[1:]:
        case ["parquet", folder]:
            verdict = {"tables": tables(Path(folder), problems)}
        case ["hf", folder]:
            verdict = card(Path(folder), problems)
            verdict["tables"] = tables(Path(folder), problems)
        case ["json", file, schema]:
            verdict = against_schema(Path(file), Path(schema), problems)
        case _:
            sys.exit(__doc__)
    verdict["problems"] = problems
    json.dump(verdict, sys.stdout, indent=1, ensure_ascii=False, default=str)
    print()
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
