package org.sparkmto.ml;

import java.io.Serializable;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.sparkmto.prediction.ModelColumns;

/** What an estimator and its model both need to know: where images stand, where answers go. */
final class AnswerParams implements Serializable {
  private static final long serialVersionUID = 1;

  final Param<String> inputCol;
  final Param<String> imagesDirectory;
  final Param<String> predictionCol;
  final Param<String> probabilityCol;

  /** The parameters of an owner whose uid is known. */
  AnswerParams(Params owner) {
    inputCol =
        new Param<>(
            owner,
            "inputCol",
            "column of the images: encoded files (binary), structures with the field bytes, images"
                + " of Spark's data source, or paths below imagesDirectory (string)");
    imagesDirectory =
        new Param<>(
            owner,
            "imagesDirectory",
            "directory in which the paths of inputCol, and of maps that tasks name, start");
    predictionCol =
        new Param<>(
            owner,
            "predictionCol",
            "what stands before the name of a task in the name of its column of answers");
    probabilityCol =
        new Param<>(
            owner,
            "probabilityCol",
            "what stands before the name of a task in the name of its column of probabilities");
    owner.setDefault(inputCol, "image");
    owner.setDefault(imagesDirectory, "");
    owner.setDefault(predictionCol, "prediction_");
    owner.setDefault(probabilityCol, "probability_");
  }

  /** Their values. */
  ModelColumns.Names names(Params owner) {
    return new ModelColumns.Names(
        owner.getOrDefault(inputCol),
        owner.getOrDefault(imagesDirectory),
        owner.getOrDefault(predictionCol),
        owner.getOrDefault(probabilityCol));
  }
}
