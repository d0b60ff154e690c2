package org.sparkmto.ml;

import java.io.Serializable;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.sparkmto.preprocessing.job.PreprocessingRequest;

/** What an estimator is told about the data and the training. */
final class FitParams implements Serializable {
  private static final long serialVersionUID = 1;

  final Param<String> idCol;
  final StringArrayParam labelCols;
  final Param<String> tasks;
  final Param<String> imageSize;
  final Param<String> validationIndicatorCol;
  final Param<String> preprocessing;
  final DoubleParam maxBad;
  final Param<String> workingDirectory;
  final BooleanParam overwrite;
  final Param<String> method;
  final Param<String> network;
  final Param<String> optimizer;
  final IntParam batchSize;
  final IntParam maxEpochs;
  final DoubleParam learningRate;
  final LongParam seed;
  final IntParam numWorkers;
  final Param<String> configuration;

  /** The parameters of an owner whose uid is known. */
  FitParams(Params owner) {
    idCol =
        new Param<>(
            owner,
            "idCol",
            "column with a unique name for each row; without it the path of the image, or the"
                + " SHA-256 of its bytes. Two rows of one name are both set aside");
    labelCols =
        new StringArrayParam(
            owner,
            "labelCols",
            "columns of which a task each is derived, by type and metadata: boolean is yes or no,"
                + " string and whole numbers are classes, float and double are numbers, arrays of"
                + " strings are several labels, arrays of float or double are several numbers");
    tasks =
        new Param<>(
            owner,
            "tasks",
            "a list of tasks as HOCON, as `tasks` of conf/own.conf: [{ name = ... }]");
    imageSize = new Param<>(owner, "imageSize", "size of stored images, HEIGHTxWIDTH, or one side");
    validationIndicatorCol =
        new Param<>(
            owner,
            "validationIndicatorCol",
            "boolean column: true for rows to validate on, false for rows to train on; without it"
                + " validation-share of the rows is held out by a seeded hash of their names");
    preprocessing =
        new Param<>(
            owner,
            "preprocessing",
            "more keys of conf/own.conf as HOCON, such as validation-share = 0.1, group = person");
    maxBad =
        new DoubleParam(
            owner,
            "maxBad",
            "largest share of rows that are set aside, because they cannot be used, with which"
                + " training begins",
            ParamValidators.inRange(0, 1));
    workingDirectory =
        new Param<>(
            owner,
            "workingDirectory",
            "directory, on storage that driver and executors share, for shards, checkpoints and the"
                + " model; fit goes on with what is there");
    overwrite =
        new BooleanParam(
            owner,
            "overwrite",
            "whether other data, or the training of other parameters, in workingDirectory are"
                + " replaced");
    method = new Param<>(owner, "method", "multi-task method; key " + FitRequest.METHOD);
    network = new Param<>(owner, "network", "network; key " + FitRequest.NETWORK);
    optimizer = new Param<>(owner, "optimizer", "optimiser; key " + FitRequest.OPTIMIZER);
    batchSize =
        new IntParam(
            owner,
            "batchSize",
            "samples of a step over all workers; key " + FitRequest.BATCH,
            ParamValidators.gt(0));
    maxEpochs =
        new IntParam(owner, "maxEpochs", "epochs; key " + FitRequest.EPOCHS, ParamValidators.gt(0));
    learningRate =
        new DoubleParam(
            owner, "learningRate", "learning rate; key " + FitRequest.RATE, ParamValidators.gt(0));
    seed = new LongParam(owner, "seed", "of everything random in training; key " + FitRequest.SEED);
    numWorkers =
        new IntParam(
            owner,
            "numWorkers",
            "ranks, each a task of Spark; key " + FitRequest.RANKS + ", 0 for all slots",
            ParamValidators.gtEq(0));
    configuration =
        new Param<>(
            owner,
            "configuration",
            "any other keys of `train` as HOCON, such as training.steps = 400; see `train --keys`");
    owner.setDefault(maxBad, PreprocessingRequest.USUAL_MAX_BAD);
    owner.setDefault(overwrite, false);
  }
}
