#!/usr/bin/env python3
"""Record what real Helm makes of each template snippet, for tests/functions.rs.

usage: record.py HELM [GROUP ...]

HELM is a helm binary. A GROUP is a file GROUP.tmpl beside this script: one Go template per line; blank lines and lines that
start with `##` are skipped. Writes GROUP.json: the Helm version, and for each snippet what it printed or Helm's error. Each
snippet stands in a chart of its own, as the body of `define "case"`, printed through `include "case" . | toJson`, with
values.yaml beside this script as the chart's values.
"""
import concurrent.futures, json, pathlib, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run(helm, snippet):
    with tempfile.TemporaryDirectory() as scratch:
        chart = pathlib.Path(scratch) / "case"
        (chart / "templates").mkdir(parents=True)
        (chart / "files").mkdir()
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: case\nversion: 1.2.3\nappVersion: \"4.5.6\"\n")
        (chart / "values.yaml").write_text((HERE / "values.yaml").read_text())
        (chart / "files/a.txt").write_text("first\nsecond\n")
        (chart / "files/b.json").write_text("{\"k\": 1}")
        (chart / "templates/_case.tpl").write_text('{{ define "case" }}' + snippet + "{{ end }}")
        (chart / "templates/case.yaml").write_text('out: {{ include "case" . | toJson }}\n')
        command = [helm, "template", "rel", str(chart), "--namespace", "ns", "--kube-version", "1.31.0"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return {"template": snippet, "error": done.stderr.removeprefix("Error: ").split("\n\nUse --debug")[0].rstrip("\n")}
        line = next(line for line in done.stdout.splitlines() if line.startswith("out: "))
        return {"template": snippet, "output": json.loads(line[5:])}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    helm = sys.argv[1]
    version = subprocess.run([helm, "version", "--template", "{{.Version}}"], capture_output=True, text=True, check=True).stdout
    for group in sys.argv[2:] or sorted(path.stem for path in HERE.glob("*.tmpl")):
        lines = (HERE / f"{group}.tmpl").read_text().splitlines()
        snippets = [line for line in lines if line.strip() and not line.startswith("##")]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            cases = list(pool.map(lambda snippet: run(helm, snippet), snippets))
        rows = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
        (HERE / f"{group}.json").write_text(f'{{"helm": "{version}", "cases": [\n{rows}\n]}}\n')
        print(f"{group}: {len(cases)} cases")


if __name__ == "__main__":
    main()
