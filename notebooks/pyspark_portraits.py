# Five tasks of drawn portraits from PySpark: a table, a fit, a stored pipeline, answers.
#
#   pip install 'pyspark==4.1.*' numpy
#   spark-mto samples portraits --out raw/portraits --train 400 --test 80
#   python notebooks/pyspark_portraits.py spark-job/target/spark-mto.jar raw/portraits work/portraits
#
# The last argument, training steps, is for those who only want to see it run.
import sys

from pyspark.ml import Pipeline, PipelineModel
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

import sparkmto

jar, raw, work = sys.argv[1:4]
steps = int(sys.argv[4]) if len(sys.argv) > 4 else 420

builder = SparkSession.builder.master("local[2]").config("spark.jars", jar)
for key, value in sparkmto.SETTINGS.items():
    builder = builder.config(key, value)
spark = builder.getOrCreate()

table = spark.read.csv(raw + "/portraits.csv", header=True)
table = table.select(
    "image",  # paths below raw
    (F.col("smiles") == "yes").alias("smiles"),  # a label that is null is missing
    (F.col("hat") == "yes").alias("hat"),
    "glasses",
    F.col("age").cast("double").alias("age"),
    "head",  # paths of masks
    "split",
    (F.col("split") == "val").alias("held"),
)
estimator = sparkmto.MultiTaskEstimator(
    imagesDirectory=raw,
    imageSize="48x48",
    labelCols=["smiles", "hat", "glasses", "age"],
    tasks="[{ name = head, kind = mask, column = head, values = [0, 255] }]",
    validationIndicatorCol="held",
    workingDirectory=work,
    network="small-unet",
    method="pcgrad",
    optimizer="adam",
    learningRate=0.003,
    batchSize=20,
    numWorkers=2,
    configuration="network.width = 16, training.steps = %d" % steps,
)
fitted = Pipeline(stages=[estimator]).fit(table.where("split <> 'test'"))
fitted.write().overwrite().save(work + "/pipeline")

model = PipelineModel.load(work + "/pipeline")
model.transform(table.where("split = 'test'")).write.mode("overwrite").parquet(work + "/answers")
answers = spark.read.parquet(work + "/answers")
answers.select(
    "image", "smiles", "prediction_smiles", "glasses", "prediction_glasses", "age", "prediction_age"
).show(8, truncate=False)
right = answers.where("glasses is not null").select(
    F.avg((F.col("glasses") == F.col("prediction_glasses")).cast("double"))
)
print("weights: " + model.stages[0].directory)
print("glasses right: %.2f" % right.head()[0])
spark.stop()
