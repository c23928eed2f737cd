#!/usr/bin/env python3
"""Record what real Helm prints for whole charts under its flags, for tests/frame.rs.

usage: record.py HELM

HELM is a helm binary. charts.txt beside this script holds small charts: `==== PATH` starts a file, and the line feed before it
belongs to it. cases.json holds the Helm
version and the cases, each with the arguments of `helm template RELEASE CHART --namespace ns --kube-version 1.31.0 ARGUMENTS`
and what standard input holds; this script runs them and writes what Helm printed, or its error, beside them. A namespace or
version among the arguments takes the place of the usual one.
"""
import json, pathlib, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent


def charts(folder):
    for block in (HERE / "charts.txt").read_text().split("\n==== ")[1:]:
        path, _, text = block.partition("\n")
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("\\t", "\t"))


def run(helm, folder, case):
    arguments = list(case["arguments"])
    for flag, usual in (("--namespace", "ns"), ("--kube-version", "1.31.0")):
        if flag not in arguments:
            arguments += [flag, usual]
    command = [helm, "template", case.get("release", "rel"), case["chart"], *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, input=case.get("input", ""))
    case = {key: case[key] for key in ("chart", "release", "arguments", "input") if key in case}
    if done.returncode:
        error = done.stderr.split("Error: ", 1)[-1].split("\n\nUse --debug")[0].rstrip("\n")
        return {**case, "error": error}
    return {**case, "output": done.stdout}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    helm = sys.argv[1]
    version = subprocess.run([helm, "version", "--template", "{{.Version}}"], capture_output=True, text=True, check=True).stdout
    cases = json.loads((HERE / "cases.json").read_text())["cases"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        charts(folder)
        rows = ",\n".join("  " + json.dumps(run(helm, folder, case), ensure_ascii=False) for case in cases)
    (HERE / "cases.json").write_text(f'{{"helm": "{version}", "cases": [\n{rows}\n]}}\n')
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
