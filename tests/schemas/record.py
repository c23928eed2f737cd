#!/usr/bin/env python3
"""Record what real Helm says of values that are held against schemas, for tests/schemas.rs.

usage: record.py HELM

HELM is a helm binary. cases.txt beside this script holds the cases: each line a schema, a tab and values.yaml, in which `\\n`
is a line feed. A schema that starts with `!` is the whole of values.schema.json; others are that of the value `a`, whose value
follows. Writes cases.json: the Helm version, and for each case the lines behind the chart's name, sorted, for Go goes through
maps in any order; none when Helm accepts. A schema that makes Helm crash has no place here.
"""
import concurrent.futures, json, pathlib, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent
HEAD = "values don't meet the specifications of the schema(s) in the following chart(s):\nx:\n"


def run(helm, line):
    schema, _, values = line.partition("\t")
    values = values.replace("\\n", "\n") + "\n"
    schema, values = (schema[1:], values) if schema.startswith("!") else (f'{{"properties":{{"a":{schema}}}}}', f"a: {values}")
    with tempfile.TemporaryDirectory() as scratch:
        chart = pathlib.Path(scratch) / "x"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.2.3\n")
        (chart / "values.yaml").write_text(values)
        (chart / "values.schema.json").write_text(schema)
        done = subprocess.run([helm, "template", "rel", str(chart)], capture_output=True, text=True)
    if not done.returncode:
        return {"schema": schema, "values": values, "lines": []}
    error = done.stderr.removeprefix("Error: ").split("\n\nUse --debug")[0]
    assert error.startswith(HEAD), f"{line}: {error[:200]}"
    return {"schema": schema, "values": values, "lines": sorted(error.removeprefix(HEAD).strip().splitlines())}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    helm = sys.argv[1]
    version = subprocess.run([helm, "version", "--template", "{{.Version}}"], capture_output=True, text=True, check=True).stdout
    lines = [line for line in (HERE / "cases.txt").read_text().splitlines() if line.strip() and not line.startswith("##")]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        cases = list(pool.map(lambda line: run(helm, line), lines))
    rows = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    (HERE / "cases.json").write_text(f'{{"helm": "{version}", "cases": [\n{rows}\n]}}\n')
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
