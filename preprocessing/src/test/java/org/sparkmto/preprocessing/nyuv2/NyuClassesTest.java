package org.sparkmto.preprocessing.nyuv2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The tables, against the lists of the published mapping files, typed in another form. */
class NyuClassesTest {
  /** {@code mapClass} of classMapping40.mat. */
  private static final int[] MAP_CLASS =
      numbers(
          """
          40 40 3 22 5 40 12 38 40 40 2 39 40 40 26 40 24 40 7 40 1 40 40 34 38 29 40 8 40 40
          40 40 38 40 40 14 40 38 40 40 40 15 39 40 30 40 40 39 40 39 38 40 38 40 37 40 38 38 9 40
          40 38 40 11 38 40 40 40 40 40 40 40 40 40 40 40 40 40 38 13 40 40 6 40 23 40 39 10 16 40
          40 40 40 38 40 40 40 40 40 40 40 40 40 38 40 39 40 40 40 40 39 38 40 40 40 40 40 40 18 40
          40 19 28 33 40 40 40 40 40 40 40 40 40 38 27 36 40 40 40 40 21 40 20 35 40 40 40 40 40 40
          40 40 38 40 40 40 4 32 40 40 39 40 39 40 40 40 40 40 17 40 40 25 40 39 40 40 40 40 40 40
          40 40 39 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 39 40 40 40 40 40 40
          40 40 40 39 38 38 40 40 39 40 39 40 38 39 38 40 40 40 40 40 40 40 40 40 40 39 40 38 40 40
          38 38 40 40 40 40 40 40 40 40 40 40 40 40 40 38 40 40 40 40 40 39 40 40 40 40 40 40 40 40
          40 40 40 40 40 40 40 39 40 40 40 40 40 40 40 40 40 40 40 40 39 40 40 40 38 40 40 39 40 40
          38 40 40 40 40 40 40 40 40 40 40 40 39 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40
          31 40 40 40 40 40 40 40 38 40 40 38 39 39 40 40 40 40 40 40 40 40 40 38 40 39 40 40 39 40
          40 40 38 40 40 40 40 40 40 40 40 38 39 40 40 40 40 40 40 38 40 40 40 40 40 40 40 40 40 40
          40 38 39 40 40 40 40 40 40 40 39 40 40 40 40 40 40 38 40 40 40 38 40 39 40 40 40 39 39 40
          40 40 40 40 40 40 40 40 40 39 40 40 40 40 40 40 40 40 40 40 40 40 39 39 40 40 39 39 40 40
          40 40 38 40 40 38 39 39 40 39 40 39 38 40 40 40 40 40 40 40 40 40 40 40 39 40 38 40 39 40
          40 40 40 40 39 39 40 40 40 40 40 40 39 39 40 40 38 39 39 40 40 40 40 40 40 40 40 40 39 39
          40 40 40 40 39 40 40 40 40 40 39 40 40 39 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 39
          38 40 40 40 40 40 40 40 39 38 39 40 38 39 40 39 40 39 40 40 40 40 40 40 40 40 38 40 40 40
          40 40 38 40 40 39 40 40 40 39 40 38 40 40 40 40 40 40 40 40 38 40 40 40 40 40 40 40 40 40
          40 40 40 40 40 40 40 39 38 40 40 38 40 40 38 40 40 40 40 40 40 40 40 40 39 40 40 40 40 40
          40 40 40 40 40 40 40 40 40 40 40 38 40 40 38 40 40 40 40 40 40 40 40 40 40 40 38 38 38 40
          40 40 38 40 40 40 38 38 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 38 40 40 40 40
          40 40 40 40 40 40 40 40 40 38 40 38 39 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40
          40 40 40 40 40 40 40 40 40 40 40 40 40 39 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40
          40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 40 39 40 39 40 40 40 40 38 38 40 40
          40 38 40 40 40 40 40 40 40 40 40 40 40 40 40 40 39 40 40 39 40 40 39 39 40 40 40 40 40 40
          40 40 39 39 39 40 40 40 40 39 40 40 40 40 40 40 40 40 39 40 40 40 40 40 39 40 40 40 40 40
          40 40 40 40 40 40 40 40 40 38 40 40 40 40 40 40 40 39 40 40 38 40 39 40 40 40 40 38 40 40
          40 40 40 38 40 40 40 40 40 40 40 39 40 40 40 40 40 40 40 40 40 39 40 40
          """);

  /** {@code labels13} of class13Mapping.mat. */
  private static final int[] LABELS_13 =
      numbers(
          """
          12 5 6 1 4 9 10 12 13 6 8 6 13 10 6 13 6 7 7 5
          7 3 2 6 11 7 7 7 7 7 7 6 7 7 7 7 7 7 6 7
          """);

  @Test
  void rawLabelsFallIntoThePublishedFortyClasses() {
    assertThat(MAP_CLASS).hasSize(NyuClasses.RAW);
    assertThat(NyuClasses.rawNames()).hasSize(NyuClasses.RAW);
    for (int raw = 1; raw <= NyuClasses.RAW; raw++) {
      assertThat(NyuClasses.fortyOf(raw)).as("raw label %s", raw).isEqualTo(MAP_CLASS[raw - 1]);
    }
    assertThat(new HashSet<>(NyuClasses.rawNames())).as("all different").hasSize(NyuClasses.RAW);
  }

  @Test
  void fortyClassesFallIntoThePublishedThirteen() {
    assertThat(LABELS_13).hasSize(40);
    for (int forty = 1; forty <= 40; forty++) {
      assertThat(NyuClasses.thirteenOf(forty))
          .as("class %s", forty)
          .isEqualTo(LABELS_13[forty - 1]);
    }
  }

  /** Raw labels of the 37 classes with one name of their own; all others are 38, 39 or 40. */
  @Test
  void oneRawNameStandsForEachProperClass() {
    Map<Integer, String> single = new TreeMap<>();
    single.put(3, "cabinet=3");
    single.put(4, "ceiling=22");
    single.put(5, "chair=5");
    single.put(7, "counter=12");
    single.put(11, "floor=2");
    single.put(15, "paper=26");
    single.put(17, "refridgerator=24");
    single.put(19, "table=7");
    single.put(21, "wall=1");
    single.put(24, "sink=34");
    single.put(26, "box=29");
    single.put(28, "door=8");
    single.put(36, "desk=14");
    single.put(42, "shelves=15");
    single.put(45, "whiteboard=30");
    single.put(55, "bag=37");
    single.put(59, "window=9");
    single.put(64, "picture=11");
    single.put(80, "blinds=13");
    single.put(83, "sofa=6");
    single.put(85, "books=23");
    single.put(88, "bookshelf=10");
    single.put(89, "curtain=16");
    single.put(119, "pillow=18");
    single.put(122, "mirror=19");
    single.put(123, "shower curtain=28");
    single.put(124, "toilet=33");
    single.put(135, "towel=27");
    single.put(136, "bathtub=36");
    single.put(141, "clothes=21");
    single.put(143, "floor mat=20");
    single.put(144, "lamp=35");
    single.put(157, "bed=4");
    single.put(158, "night stand=32");
    single.put(169, "dresser=17");
    single.put(172, "television=25");
    single.put(331, "person=31");
    assertThat(single).hasSize(37);
    for (int raw = 1; raw <= NyuClasses.RAW; raw++) {
      if (single.containsKey(raw)) {
        String name = NyuClasses.names(40).get(NyuClasses.fortyOf(raw) - 1);
        assertThat(name + "=" + NyuClasses.fortyOf(raw)).isEqualTo(single.get(raw));
        assertThat(NyuClasses.rawNames().get(raw - 1)).isEqualTo(name);
      } else {
        assertThat(NyuClasses.fortyOf(raw)).as("raw label %s", raw).isBetween(38, 40);
      }
    }
  }

  @Test
  void namesAgreeWhereTheClassesDo() {
    assertThat(NyuClasses.names(13)).hasSize(13);
    assertThat(NyuClasses.names(40)).hasSize(40);
    for (int forty = 1; forty <= 40; forty++) {
      String own = NyuClasses.names(40).get(forty - 1);
      String grouped = NyuClasses.names(13).get(NyuClasses.thirteenOf(forty) - 1);
      if (NyuClasses.names(13).contains(own)) {
        assertThat(grouped).isEqualTo(own);
      }
    }
    // "book" is raw label 1 and an otherprop, "books" is raw label 85 and a class.
    assertThat(NyuClasses.rawNames().get(0)).isEqualTo("book");
    assertThat(NyuClasses.names(40).get(NyuClasses.fortyOf(1) - 1)).isEqualTo("otherprop");
    assertThat(NyuClasses.rawNames().get(84)).isEqualTo("books");
    assertThat(NyuClasses.names(13).get(NyuClasses.thirteenOf(NyuClasses.fortyOf(85)) - 1))
        .isEqualTo("books");
    assertThat(NyuClasses.names(13).get(NyuClasses.thirteenOf(NyuClasses.fortyOf(172)) - 1))
        .isEqualTo("tv");
  }

  private static int[] numbers(String text) {
    return Arrays.stream(text.strip().split("\\s+")).mapToInt(Integer::parseInt).toArray();
  }
}
