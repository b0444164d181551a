"""Stands in for what a control plane without nodes lacks: runs the Jobs of a namespace, with the operator's own program and with the rights of the
Job's ServiceAccount: jobs.py KUBECTL OPERATOR NAMESPACE FOLDER. Runs until it is killed; KUBECONFIG is an administrator's.

FOLDER gets the output of each Job as NAME.log. While FOLDER/no-image is there, no pod starts, as if its image could not be pulled: the Job
fails at its deadline."""

import datetime
import json
import os
import subprocess
import sys
import time
from pathlib import Path

KUBECTL, OPERATOR, NAMESPACE, FOLDER = sys.argv[1:]
PAUSE = 0.2


def kubectl(*arguments):
    command = [KUBECTL, "--namespace", NAMESPACE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def kubeconfig(account):
    """A file with the token that the pod would have."""
    config = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "--output", "json"))
    config["users"][0]["user"] = {"token": kubectl("create", "token", account).strip()}
    path = Path(FOLDER) / f"{account}.kubeconfig"
    path.write_text(json.dumps(config))
    return str(path)


def run(job):
    """Why the Job failed, or nothing."""
    spec, name = job["spec"]["template"]["spec"], job["metadata"]["name"]
    deadline = job["spec"]["activeDeadlineSeconds"]
    if (Path(FOLDER) / "no-image").exists():
        time.sleep(deadline)
        return "DeadlineExceeded"
    environment = {"PATH": os.environ["PATH"], "KUBECONFIG": kubeconfig(spec["serviceAccountName"])}
    with open(Path(FOLDER) / f"{name}.log", "w", encoding="utf-8") as log:
        command = [OPERATOR, *spec["containers"][0]["args"]]
        done = subprocess.run(command, env=environment, stdout=log, stderr=log, check=False, timeout=deadline)
    return "BackoffLimitExceeded" if done.returncode else None


def finish(name, started, failure):
    """The status that the Job controller would write."""

    def condition(kind, reason):
        return {"type": kind, "status": "True", "reason": reason, "lastProbeTime": now(), "lastTransitionTime": now()}

    if failure:
        conditions = [condition("FailureTarget", failure), condition("Failed", failure)]
        status = {"startTime": started, "failed": 1, "conditions": conditions}
    else:
        conditions = [condition("SuccessCriteriaMet", "CompletionsReached"), condition("Complete", "CompletionsReached")]
        status = {"startTime": started, "completionTime": now(), "succeeded": 1, "conditions": conditions}
    kubectl("patch", "job", name, "--subresource=status", "--type=merge", "--patch", json.dumps({"status": status}))


def main():
    while True:
        for job in json.loads(kubectl("get", "jobs", "--output", "json"))["items"]:
            if not job.get("status", {}).get("conditions") and not job["metadata"].get("deletionTimestamp"):
                started = now()
                finish(job["metadata"]["name"], started, run(job))
        time.sleep(PAUSE)


main()
