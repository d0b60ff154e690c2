"""Every night: preprocess what has arrived, retrain, go on with the new model if it was promoted.

For Airflow 3; nothing but Airflow itself is imported. Copy this file into the folder of DAGs and
change the four command lines below. docs/retraining.md says what `retrain` decides, and by what rule.

Where SPARK_MTO is a script that starts spark-mto on a cluster (deploy/standalone/submit, or
deploy/local/spark-mto for one machine), it must be there on the machines of Airflow's workers.

Alerts go to the webhook in the connection `spark_mto_alert` (its password is the URL, so that it stays
out of logs and pages); without that connection they stand in the task's log alone.
"""

from __future__ import annotations

import json
import logging
import subprocess
import urllib.request
from datetime import datetime, timedelta

from airflow.sdk import DAG, BaseHook, BaseOperator, task
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException
from airflow.providers.standard.operators.empty import EmptyOperator

SPARK_MTO = "/opt/spark-mto/deploy/standalone/submit"

# Only samples that are not there yet are read; the same command again changes nothing.
PREPROCESS = [
    "preprocess", "own", "--raw", "/srv/photos/raw", "--config", "/srv/photos/tasks.conf",
    "--out", "/srv/photos/shards", "--append",
]
# A run of the DAG has one decision, however often its tasks are tried: its name is the run's.
RETRAIN = [
    "retrain", "--config", "/srv/photos/nightly.conf",
    "--run-id", "{{ dag_run.run_id | replace(':', '-') }}",
]
# What comes after a promotion; here, a look whether the new model answers.
PROMOTED = ["evaluate", "/srv/photos/retrainings"]
# What people read who wonder why nothing was promoted.
KEPT = ["history", "/srv/photos/retrainings"]

log = logging.getLogger(__name__)


class SparkMto(BaseOperator):
    """Runs spark-mto; returns its exit code and the last thing that it printed to stdout.

    Exit code 2 (wrong usage or configuration) fails without another try, because another try would
    end the same. When the task is ended from outside, spark-mto gets SIGTERM and leaves a checkpoint.
    """

    template_fields = ("arguments",)

    def __init__(self, *, arguments: list[str], good: tuple[int, ...] = (0,), **other):
        super().__init__(**other)
        self.arguments = arguments
        self.good = good
        self.process = None

    def execute(self, context):
        command = [SPARK_MTO, *self.arguments]
        log.info("%s", " ".join(command))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        printed = self.process.communicate()[0]
        code = self.process.returncode
        log.info("exit code %d\n%s", code, printed)
        if code == 2:
            raise AirflowFailException(f"{self.arguments[0]}: wrong usage or configuration, see above")
        if code not in self.good:
            raise RuntimeError(f"{self.arguments[0]} ended with exit code {code}")
        return {"code": code, "printed": printed}

    def on_kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def alert(context):
    """Tells people that a task has failed for good."""
    instance = context["task_instance"]
    text = f"{instance.dag_id}.{instance.task_id}, run {instance.run_id}: {context.get('exception')}"
    log.error("%s", text)
    try:
        url = BaseHook.get_connection("spark_mto_alert").password
    except AirflowNotFoundException:
        return
    request = urllib.request.Request(
        url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=30).close()


with DAG(
    dag_id="spark_mto_retraining",
    description="Retrains every night and promotes what is better",
    schedule="30 2 * * *",
    start_date=datetime(2026, 1, 1),
    # Data that arrived in nights without a run are part of the next.
    catchup=False,
    # A second `retrain` in the same directory would end at once, with exit code 2.
    max_active_runs=1,
    default_args={
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "on_failure_callback": alert,
    },
    tags=["spark-mto"],
):
    preprocess = SparkMto(task_id="preprocess", arguments=PREPROCESS)
    # 3: the old model is kept. 4: no new data. Neither is a failure.
    retrain = SparkMto(task_id="retrain", arguments=RETRAIN, good=(0, 3, 4))

    @task.branch
    def decide(ended: dict) -> str:
        return {0: "promoted", 3: "kept", 4: "nothing_new"}[ended["code"]]

    promoted = SparkMto(task_id="promoted", arguments=PROMOTED)
    kept = SparkMto(task_id="kept", arguments=KEPT)
    nothing_new = EmptyOperator(task_id="nothing_new")

    preprocess >> retrain
    decide(retrain.output) >> [promoted, kept, nothing_new]
