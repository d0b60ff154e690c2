package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToyCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int toy(String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "toy";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return Main.run(
        Main.subCommands(), new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  @Test
  void drawsThePathsAndSaysWhereTheyEnd() throws IOException {
    Path file = folder.resolve("toy.png");
    int code =
        toy(
            "--method",
            "ew:weights=[0.5,0.5],imtl-g",
            "--method",
            "uw",
            "--rate",
            "0.1",
            "--steps",
            "800",
            "--out",
            file.toString());
    assertThat(code).as(err::toString).isZero();
    // The published count of EW with this rate, 709, is that of the slowest start.
    assertThat(out.toString())
        .contains("ew:weights=[0.5,0.5]", "imtl-g", "uw", "step 709", file.toString());
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isGreaterThan(1000);
    Set<Integer> colours = new HashSet<>();
    for (int x = 0; x < image.getWidth(); x += 3) {
      for (int y = 0; y < image.getHeight(); y += 3) {
        colours.add(image.getRGB(x, y));
      }
    }
    assertThat(colours).hasSizeGreaterThan(50);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--method cagrat            | unknown method 'cagrat'",
        "--method ew:c=1            | has no option 'c'",
        "--optimizer adm            | unknown optimizer 'adm'",
        "--rate 0                   | rate must be",
        "--steps 0                  | steps must be",
        "--starts 1,2;3             | '3' is no starting point",
        "--out toy.jpg              | must end in .png",
        "--out no/such/toy.png      | there is no such directory",
        "--table --out toy.png      | must end in .md or .json",
      })
  void refusesInOneLine(String line, String reason) {
    assertThat(toy(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(reason).hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }
}
