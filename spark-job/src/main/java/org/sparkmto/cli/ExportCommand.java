package org.sparkmto.cli;

import java.io.PrintWriter;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.training.ModelExport;
import org.sparkmto.training.TrainedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Hands a trained model to other programs. Needs no Spark session, so it starts fast. */
@Command(
    name = "export",
    description = {
      "Writes a trained model in a form that other programs use without this one.",
      "What predict uses is written: the averaged weights where a run has them, images and",
      "tasks as they were in training, the thresholds that the validation split chose.",
      "Digests are compared first, and the network that is written is tried against this one."
    },
    footer = {
      "%nExamples:",
      "  spark-mto export runs/imtl --format python --out serving/photos-v1",
      "  python serving/photos-v1/network.py photo.jpg",
      "  spark-mto export s3a://models/retrainings --format torchscript --out s3a://serving/v2"
    })
final class ExportCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkSettings spark;

  @Mixin private ModelArgument named;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = {
        "safetensors: model.safetensors and manifest.json, the directory of the model itself.",
        "python: the same, and network.py, the network in plain PyTorch.",
        "torchscript: network.pt, network and weights for libtorch in any language."
      })
  private ModelExport.Format format;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where to write, on any storage. Nothing may be there; it appears there whole.")
  private String out;

  @Override
  Work prepare() {
    return () -> {
      Configuration hadoop = spark.hadoop();
      ModelExport.requireFree(out, hadoop);
      TrainedModel model = TrainedModel.open(named.directory(), hadoop);
      model.caution().ifPresent(spec.commandLine().getErr()::println);
      ModelExport.write(model, format, out, hadoop);
      PrintWriter console = spec.commandLine().getOut();
      console.printf(
          "%s: the model of %s, step %,d, weights %s%n",
          out, model.run(), model.step(), model.digest().substring(0, 12));
    };
  }
}
