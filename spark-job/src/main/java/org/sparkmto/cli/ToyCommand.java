package org.sparkmto.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.experiment.ToyExperiment;
import org.sparkmto.experiment.ToyPoint;
import org.sparkmto.experiment.ToyTable;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs methods on the two-task toy problem. */
@Command(
    name = "toy",
    description =
        "Runs methods on the two-task problem of two parameters of CAGrad and Nash-MTL.%n"
            + "It prints where every path ends and when its mean loss falls below -15, and draws "
            + "the paths. With --table it counts the published table of that problem anew; "
            + "exit code 1 if a cell that must be exact is not.",
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto toy --method ew,pcgrad,imtl-g --starts nash --out toy.png",
      "  spark-mto toy --method mgda:normaliser=l2 --optimizer sgd:momentum=0.9 \\",
      "      --rate 0.01 --out mgda.png",
      "  spark-mto toy --table --out table.md"
    })
final class ToyCommand extends SubCommand {
  @Spec private CommandSpec spec;

  @Option(
      names = "--method",
      paramLabel = "NAME[:option=value,...]",
      description =
          "A method with its options, or several separated by commas. Repeatable. Default: "
              + "ew,mgda,pcgrad,imtl-g,aligned-mtl. `spark-mto methods` lists all.")
  private List<String> methods = List.of("ew,mgda,pcgrad,imtl-g,aligned-mtl");

  @Mixin private DescentOptions descent;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "35000",
      description = "Updates of every path. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--starts",
      paramLabel = "STARTS",
      defaultValue = "cagrad",
      description =
          "Starting points: cagrad (3), nash (5) or your own, \"x,y;x,y\". Default: "
              + "${DEFAULT-VALUE}.")
  private String starts;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the methods' random draws. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--table",
      description = "Count the published table anew with 100 000 updates; about a minute.")
  private boolean table;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the picture (.png), or with --table the table (.md or .json).")
  private Path out;

  @Override
  Work prepare() {
    requireWritable(table ? List.of(".md", ".json") : List.of(".png"));
    if (table) {
      return this::table;
    }
    ToyExperiment experiment =
        new ToyExperiment(
            NamedOptions.all(methods),
            descent.optimizer(),
            descent.rate(),
            steps,
            ToyPoint.list(starts),
            seed);
    return () -> paths(experiment);
  }

  private void requireWritable(List<String> endings) {
    if (out == null) {
      return;
    }
    if (endings.stream().noneMatch(ending -> out.toString().endsWith(ending))) {
      throw new ConfigurationException(
          "--out " + out + ": the name must end in " + String.join(" or ", endings));
    }
    if (!Files.isDirectory(out.toAbsolutePath().getParent())) {
      throw new ConfigurationException("--out " + out + ": there is no such directory");
    }
  }

  private void paths(ToyExperiment experiment) throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    List<ToyExperiment.Panel> panels = new ArrayList<>();
    for (NamedOptions method : experiment.methods()) {
      ToyExperiment.Panel panel = experiment.run(method);
      console.print(panel.toText());
      console.println();
      console.flush();
      panels.add(panel);
    }
    if (out == null) {
      return;
    }
    PictureFile.write(experiment.plot(panels), out);
    console.println(out);
  }

  private void table() throws IOException, InterruptedException {
    ToyTable counted = ToyTable.count(spec.commandLine().getErr());
    PrintWriter console = spec.commandLine().getOut();
    console.print(counted.toText());
    console.flush();
    if (out != null) {
      Files.writeString(out, out.toString().endsWith(".md") ? counted.toText() : counted.toJson());
      console.println(out);
    }
    if (!counted.holds()) {
      throw new IllegalStateException(
          "cells of the published table that must be exact are not; see the table");
    }
  }
}
