package org.sparkmto.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.experiment.golden.GoldenFile;
import org.sparkmto.experiment.golden.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks methods, optimisers and metrics against golden files. */
@Command(
    name = "verify",
    description = {
      "Checks methods, optimisers and metrics against files of golden vectors.",
      "One line per entry: its name, the worst relative error, the tolerance, the verdict.",
      "  ok         both agree within the tolerance",
      "  better     the reference did not converge or is no solution; ours has the smaller",
      "             objective or residual, computed here",
      "  unknown    there is no check for the entry, or its method does not exist here",
      "  malformed  the entry cannot be read",
      "Exit code 1 if an entry fails or is malformed, 2 if a file cannot be read."
    },
    footer = {
      "%nExample:",
      "  spark-mto verify golden.json",
      "  spark-mto verify --json verdicts.json golden.json more.json.gz"
    })
final class VerifyCommand extends SubCommand {
  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Golden files, JSON or .json.gz.")
  private List<Path> files;

  @Option(names = "--json", paramLabel = "FILE", description = "Write all lines as JSON, too.")
  private Path json;

  @Override
  Work prepare() {
    JsonFile.check(json);
    List<GoldenFile> golden = files.stream().map(GoldenFile::read).toList();
    return () -> {
      PrintWriter out = spec.commandLine().getOut();
      List<Verification> verifications = new ArrayList<>();
      for (GoldenFile file : golden) {
        Verification verification = file.verify();
        verification.lines().forEach(line -> out.println(line.toText()));
        out.println(verification.counts());
        verifications.add(verification);
      }
      if (json != null) {
        Files.writeString(json, Verification.toJson(verifications));
      }
      int entries = verifications.stream().mapToInt(one -> one.lines().size()).sum();
      long failures = verifications.stream().mapToLong(Verification::failures).sum();
      if (failures > 0) {
        throw new VerificationFailedException("%d of %d entries fail".formatted(failures, entries));
      }
    };
  }

  /** Some entries fail; their lines are on standard output. */
  static final class VerificationFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    VerificationFailedException(String message) {
      super(message);
    }
  }
}
