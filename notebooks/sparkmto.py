"""The estimator and the model of spark-mto for PySpark.

Needs PySpark 4.1, numpy and the application's jar; Spark must be started with the settings of
SETTINGS and with spark.jars: see docs/estimator.md and pyspark_portraits.py beside this file.
"""

import sys

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel

JAVA_PACKAGE = "org.sparkmto.ml"

# What Spark must be started with, besides spark.jars. Ranks ask the driver by the first; the second
# keeps waiting threads of OpenMP from taking the cores of those that compute.
SETTINGS = {
    "spark.plugins": "org.sparkmto.exchange.AggregatorPlugin",
    "spark.executorEnv.OMP_WAIT_POLICY": "PASSIVE",
}

_SHARED = {
    "inputCol": TypeConverters.toString,
    "imagesDirectory": TypeConverters.toString,
    "predictionCol": TypeConverters.toString,
    "probabilityCol": TypeConverters.toString,
}

_FIT = {
    "idCol": TypeConverters.toString,
    "labelCols": TypeConverters.toListString,
    "tasks": TypeConverters.toString,
    "imageSize": TypeConverters.toString,
    "validationIndicatorCol": TypeConverters.toString,
    "preprocessing": TypeConverters.toString,
    "maxBad": TypeConverters.toFloat,
    "workingDirectory": TypeConverters.toString,
    "overwrite": TypeConverters.toBoolean,
    "method": TypeConverters.toString,
    "network": TypeConverters.toString,
    "optimizer": TypeConverters.toString,
    "batchSize": TypeConverters.toInt,
    "maxEpochs": TypeConverters.toInt,
    "learningRate": TypeConverters.toFloat,
    "seed": TypeConverters.toInt,
    "numWorkers": TypeConverters.toInt,
    "configuration": TypeConverters.toString,
}


class _Reader(JavaMLReader):
    @classmethod
    def _java_loader_class(cls, clazz):
        return JAVA_PACKAGE + "." + clazz.__name__


class _Stored(JavaMLReadable, JavaMLWritable):
    @classmethod
    def read(cls):
        return _Reader(cls)


def _with_params(converters):
    """Adds a Param for each name, and the methods setName and getName."""

    def decorate(cls):
        for name, converter in converters.items():
            title = name[0].upper() + name[1:]
            setattr(cls, name, Param(Params._dummy(), name, name, typeConverter=converter))

            def setter(self, value, name=name):
                return self._set(**{name: value})

            def getter(self, name=name):
                return self.getOrDefault(name)

            setattr(cls, "set" + title, setter)
            setattr(cls, "get" + title, getter)
        return cls

    return decorate


def _explained(stage):
    """Takes what each parameter means, and its usual value, from the Java object."""
    for java in stage._java_obj.params():
        getattr(stage, java.name()).doc = java.doc()
    stage._transfer_params_from_java()


@_with_params({**_SHARED, **_FIT})
class MultiTaskEstimator(JavaEstimator, _Stored):
    """Trains one network for many tasks on a DataFrame with images."""

    @keyword_only
    def __init__(self, **params):
        super().__init__()
        self._java_obj = self._new_java_obj(JAVA_PACKAGE + ".MultiTaskEstimator", self.uid)
        _explained(self)
        self._set(**self._input_kwargs)

    @keyword_only
    def setParams(self, **params):
        return self._set(**self._input_kwargs)

    def _create_model(self, java_model):
        return MultiTaskModel(java_model)


@_with_params(_SHARED)
class MultiTaskModel(JavaModel, _Stored):
    """A trained network for many tasks; transform adds columns of answers."""

    def __init__(self, java_model=None):
        super().__init__(java_model)
        if java_model is not None:
            _explained(self)

    @staticmethod
    def of(directory):
        """The model of a run, or of the directory of a model, that a command has trained."""
        java = _Reader._load_java_obj(MultiTaskModel)
        return MultiTaskModel(java.of(directory))

    @property
    def directory(self):
        """Where the weights are: the directory of a model as `train` leaves it."""
        return self._call_java("directory")

    @property
    def taskNames(self):
        """Names of the tasks, in order."""
        return list(self._call_java("taskNames"))


# PySpark looks for the Python side of a stage of a stored pipeline in a module that is called as the
# Java package is.
sys.modules[JAVA_PACKAGE] = sys.modules[__name__]
