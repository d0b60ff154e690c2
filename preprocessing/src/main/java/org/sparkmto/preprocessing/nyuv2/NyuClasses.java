package org.sparkmto.preprocessing.nyuv2;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The classes of NYUv2. People who labelled it used 894 names; Gupta et al. (CVPR 2013) grouped
 * them into 40 classes, and Couprie et al. (ICLR 2013) into 13. All three count from 1, and 0 means
 * "not labelled".
 */
public final class NyuClasses {
  /** Names that the labellers used. */
  public static final int RAW = 894;

  private static final List<String> NAMES_40 =
      List.of(
          "wall",
          "floor",
          "cabinet",
          "bed",
          "chair",
          "sofa",
          "table",
          "door",
          "window",
          "bookshelf",
          "picture",
          "counter",
          "blinds",
          "desk",
          "shelves",
          "curtain",
          "dresser",
          "pillow",
          "mirror",
          "floor mat",
          "clothes",
          "ceiling",
          "books",
          "refridgerator", // so it is written in the data set
          "television",
          "paper",
          "towel",
          "shower curtain",
          "box",
          "whiteboard",
          "person",
          "night stand",
          "toilet",
          "sink",
          "lamp",
          "bathtub",
          "bag",
          "otherstructure",
          "otherfurniture",
          "otherprop");

  private static final List<String> NAMES_13 =
      List.of(
          "bed",
          "books",
          "ceiling",
          "chair",
          "floor",
          "furniture",
          "objects",
          "picture",
          "sofa",
          "table",
          "tv",
          "wall",
          "window");

  private static final int[] THIRTEEN_OF_40 = {
    12, 5, 6, 1, 4, 9, 10, 12, 13, 6, // wall .. bookshelf
    8, 6, 13, 10, 6, 13, 6, 7, 7, 5, // picture .. floor mat
    7, 3, 2, 6, 11, 7, 7, 7, 7, 7, // clothes .. whiteboard
    7, 6, 7, 7, 7, 7, 7, 7, 6, 7 // person .. otherprop
  };

  private static final Table TABLE = Table.read();

  private NyuClasses() {}

  /**
   * The class among 40 of a raw label.
   *
   * @param raw 1 to {@value #RAW}
   */
  public static int fortyOf(int raw) {
    return TABLE.forty[raw - 1];
  }

  /**
   * The class among 13 of a class among 40.
   *
   * @param forty 1 to 40
   */
  public static int thirteenOf(int forty) {
    return THIRTEEN_OF_40[forty - 1];
  }

  /** What the labellers called raw label {@code i + 1}. */
  public static List<String> rawNames() {
    return TABLE.names;
  }

  /**
   * The names of the classes, the first one is that of class 1.
   *
   * @param classes 13 or 40
   */
  public static List<String> names(int classes) {
    return classes == 13 ? NAMES_13 : NAMES_40;
  }

  /** The resource: raw label, name, class among 40, in order. */
  private static final class Table {
    private final List<String> names;
    private final byte[] forty;

    private Table(List<String> names, byte[] forty) {
      this.names = names;
      this.forty = forty;
    }

    static Table read() {
      List<String> names = new ArrayList<>();
      byte[] forty = new byte[RAW];
      try (InputStream in = NyuClasses.class.getResourceAsStream("classes.csv");
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
        lines.readLine();
        String line;
        while ((line = lines.readLine()) != null) {
          String[] fields = line.split(",", -1);
          if (Integer.parseInt(fields[0]) != names.size() + 1) {
            throw new IllegalStateException("classes.csv is not in order at: " + line);
          }
          forty[names.size()] = Byte.parseByte(fields[2]);
          names.add(fields[1]);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the table of classes is not in the program's jar", e);
      }
      return new Table(Collections.unmodifiableList(names), forty);
    }
  }
}
