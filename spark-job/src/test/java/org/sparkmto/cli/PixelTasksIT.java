package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.runlog.SweepResults;

/**
 * Tasks of pixels through the real job: with pixels that lack a target, augmentation, and every
 * kind of method.
 */
class PixelTasksIT {
  @TempDir Path folder;

  private static void mto(String... arguments) {
    CommandHere.done(arguments);
  }

  /**
   * Two ranks end in the same parameters as one to 1e-4, and an interrupted run in the same bits.
   * The ranks' halves of a batch have different numbers of labelled pixels, so a mean of means
   * would show.
   */
  @Test
  void oneAndTwoRanksGiveTheSameAndARunGoesOnInTheSameBits() throws IOException {
    String raw = folder.resolve("raw").toString();
    String shards = folder.resolve("shards").toString();
    mto("samples", "rooms", "--out", raw, "--train", "24", "--test", "6", "--size", "24x32");
    mto(
        "preprocess",
        "nyuv2",
        "--raw",
        raw,
        "--out",
        shards,
        "--image-size",
        "24x32",
        "--set",
        "depth=raw");
    String out = folder.resolve("out").toString();
    mto(
        "compare",
        "--master",
        "local[2]",
        "--methods",
        "ew,uw,imtl,pcgrad,mao,ial",
        "--no-baselines",
        "--check",
        "--check-steps",
        "4",
        "--steps",
        "3",
        "--out",
        out,
        "--set",
        "data.directory=" + shards,
        "--set",
        "network.name=small-unet",
        "--set",
        "network.width=4",
        "--set",
        "training.batch=6",
        "--set",
        "augmentation { flip = true, scales = [1, 1.2] }");
    SweepResults results =
        SweepResults.parse(Files.readString(folder.resolve("out/results.json")), SweepResults.FILE);
    assertThat(results.checks()).hasSize(6).allMatch(SweepResults.Check::holds);
    assertThat(results.rows())
        .hasSize(6)
        .allSatisfy(
            row -> assertThat(row.values().get("normals/mean-angle").mean()).isBetween(1.0, 179.0));
  }
}
