package org.sparkmto.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** A picture as a PNG on this machine. */
final class PictureFile {
  private PictureFile() {}

  /** Writes it; the folder must be there. */
  static void write(BufferedImage picture, Path file) throws IOException {
    if (!ImageIO.write(picture, "png", file.toFile())) {
      throw new IOException("this Java cannot write PNG");
    }
  }
}
