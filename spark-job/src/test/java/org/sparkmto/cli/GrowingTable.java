package org.sparkmto.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;

/** Own data on a local disk, whose table gets more rows. */
public final class GrowingTable {
  private final Path folder;

  public GrowingTable(Path folder) {
    this.folder = folder;
  }

  /** Writes the table anew, and the images of its rows. */
  public void write(int rows) throws IOException {
    Files.createDirectories(folder);
    StringBuilder csv = new StringBuilder("image,label\n");
    for (int i = 0; i < rows; i++) {
      byte[] samples = new byte[3 * 8 * 8];
      Arrays.fill(samples, (byte) (9 * i));
      Files.write(folder.resolve(i + ".png"), Png.encode(new Image(3, 8, 8, samples)));
      csv.append(i).append(".png,").append(i % 2 == 0 ? "cat" : "dog").append('\n');
    }
    Files.writeString(folder.resolve("t.csv"), csv);
    Files.writeString(
        folder.resolve("tasks.conf"),
        """
        table = t.csv, size = 8
        inputs = [{ column = image }]
        tasks = [{ name = kind, kind = classification, column = label, classes = [cat, dog] }]
        """);
  }

  /** The words that preprocess it. */
  public List<String> preprocess(String out) {
    return List.of(
        "preprocess",
        "own",
        "--raw",
        folder.toString(),
        "--out",
        out,
        "--config",
        folder.resolve("tasks.conf").toString());
  }
}
