package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.ImageSize;

class StreetTest {
  private static final ImageSize SIZE = new ImageSize(64, 128);

  /** Ids that {@code labels.py} of Cityscapes gives a training id. */
  private static final Set<Integer> EVALUATED =
      Set.of(7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33);

  private static final Set<Integer> COUNTED = Set.of(24, 25, 26, 27, 28, 29, 31, 32, 33);
  private static final Set<Integer> HUMANS = Set.of(24, 25);
  private static final Set<Integer> VEHICLES = Set.of(26, 27, 28);

  @Test
  void labelsInstancesAndPartsAgree() {
    for (int index = 0; index < 60; index++) {
      Street street = Street.of(0, "train", index, SIZE);
      for (int i = 0; i < SIZE.height() * SIZE.width(); i++) {
        int label = street.labels().values()[i];
        int instance = street.instances().values()[i];
        int uid = street.uids().values()[i];
        if (instance < 1000) {
          assertThat(instance).isEqualTo(label);
          assertThat(uid).isEqualTo(label);
          continue;
        }
        assertThat(COUNTED).contains(label);
        assertThat(instance / 1000).isEqualTo(label);
        if (uid < 100_000) {
          assertThat(uid).isEqualTo(instance);
        } else {
          assertThat(uid / 100).isEqualTo(instance);
          assertThat(uid / 100_000).isEqualTo(label);
          assertThat(uid % 100).isBetween(1, HUMANS.contains(label) ? 4 : 5);
          assertThat(HUMANS.contains(label) || VEHICLES.contains(label)).isTrue();
        }
      }
    }
  }

  /** A ground pixel, put back into the world by its disparity, lies on the ground. */
  @Test
  void disparitiesAreThoseOfTheGeometry() throws Exception {
    int onTheGround = 0;
    for (int index = 0; index < 20; index++) {
      Street street = Street.of(3, "val", index, SIZE);
      JsonNode camera = new ObjectMapper().readTree(street.camera().json());
      JsonNode intrinsic = camera.path("intrinsic");
      JsonNode extrinsic = camera.path("extrinsic");
      double fx = intrinsic.path("fx").doubleValue();
      assertThat(fx).isEqualTo(2262.52 / 16);
      double baseline = extrinsic.path("baseline").doubleValue();
      double pitch = extrinsic.path("pitch").doubleValue();
      for (int v = 0; v < SIZE.height(); v++) {
        double y = (v + 0.5 - intrinsic.path("v0").doubleValue()) / intrinsic.path("fy").asDouble();
        for (int u = 0; u < SIZE.width(); u++) {
          int stored = street.disparity().at(v, u);
          int label = street.labels().at(v, u);
          if (label == 23) {
            assertThat(stored).as("sky is endlessly far").isIn(0, 1);
          }
          if (label == 1) {
            assertThat(stored).as("the own car has no disparity").isZero();
          }
          if (stored < 2 || !Set.of(7, 8, 9, 10, 22).contains(label)) {
            continue;
          }
          double disparity = (stored - 1) / 256.0;
          double depth = baseline * fx / disparity;
          double down = depth * (Math.cos(pitch) * y + Math.sin(pitch));
          double height = extrinsic.path("z").doubleValue();
          // Rounding to 1/256 changes the depth by up to 1/512 of a column over the disparity.
          assertThat(Math.abs(down / height - 1)).isLessThan(1.001 / (512 * disparity - 1));
          onTheGround++;
        }
      }
    }
    assertThat(onTheGround).isGreaterThan(20_000);
  }

  @Test
  void aPersonIsOneThingAtOneDistance() {
    int persons = 0;
    for (int index = 0; index < 60; index++) {
      Street street = Street.of(0, "train", index, SIZE);
      Map<Integer, double[]> depths = new HashMap<>();
      for (int i = 0; i < SIZE.height() * SIZE.width(); i++) {
        int instance = street.instances().values()[i];
        int stored = street.disparity().values()[i];
        if (instance / 1000 == 24 && stored > 1) {
          double depth = street.camera().disparity(1) / ((stored - 1) / 256.0);
          double[] range = depths.computeIfAbsent(instance, key -> new double[] {depth, depth});
          range[0] = Math.min(range[0], depth);
          range[1] = Math.max(range[1], depth);
        }
      }
      for (double[] range : depths.values()) {
        // 0.35 m of body, camera pitch, and the rounding of two disparities (25 m: 0.05 m each).
        assertThat(range[1] - range[0]).isLessThan(0.35 + 1.9 * 0.06 + 0.1);
        persons++;
      }
    }
    assertThat(persons).isGreaterThan(50);
  }

  @Test
  void everythingOccursThatAReaderMustTellApart() {
    Set<Integer> labels = new TreeSet<>();
    Set<Integer> parts = new TreeSet<>();
    Set<Integer> groups = new TreeSet<>();
    int instancesWithoutParts = 0;
    long invalid = 0;
    int count = 300;
    for (int index = 0; index < count; index++) {
      Street street = Street.of(0, "train", index, SIZE);
      for (int i = 0; i < SIZE.height() * SIZE.width(); i++) {
        int label = street.labels().values()[i];
        int uid = street.uids().values()[i];
        labels.add(label);
        invalid += street.disparity().values()[i] == 0 ? 1 : 0;
        if (uid >= 100_000) {
          parts.add(uid / 100_000 * 100 + uid % 100);
        } else if (uid >= 1000 && VEHICLES.contains(label)) {
          instancesWithoutParts++;
        } else if (uid < 100 && COUNTED.contains(label)) {
          groups.add(label);
        }
      }
    }
    assertThat(labels).containsAll(EVALUATED).contains(1, 2, 4, 5, 9, 10, 14, 29);
    assertThat(parts)
        .contains(2401, 2402, 2403, 2404, 2501, 2502, 2503, 2504)
        .contains(2601, 2602, 2603, 2604, 2605, 2701, 2702, 2703, 2704, 2705)
        .contains(2801, 2802, 2803, 2804, 2805);
    assertThat(groups).contains(24, 26);
    assertThat(instancesWithoutParts).isPositive();
    assertThat((double) invalid / count / SIZE.height() / SIZE.width()).isBetween(0.12, 0.16);
  }

  @Test
  void aStreetIsAFunctionOfItsKey() {
    Street street = Street.of(0, "train", 7, SIZE);
    assertSame(Street.of(0, "train", 7, SIZE), street);
    Set<List<Byte>> others = new HashSet<>();
    for (Street other :
        List.of(
            street,
            Street.of(1, "train", 7, SIZE),
            Street.of(0, "val", 7, SIZE),
            Street.of(0, "train", 8, SIZE))) {
      List<Byte> samples = new java.util.ArrayList<>();
      for (byte sample : other.image().samples()) {
        samples.add(sample);
      }
      others.add(samples);
    }
    assertThat(others).hasSize(4);
  }

  @Test
  void sizesFromOnePixelOnArePossible() {
    for (ImageSize size :
        List.of(new ImageSize(1, 1), new ImageSize(3, 50), new ImageSize(40, 40))) {
      Street street = Street.of(0, "train", 0, size);
      assertThat(street.image().height()).isEqualTo(size.height());
      assertThat(street.disparity().width()).isEqualTo(size.width());
    }
  }

  private static void assertSame(Street street, Street other) {
    assertThat(street.image().samples()).isEqualTo(other.image().samples());
    assertThat(street.labels().values()).isEqualTo(other.labels().values());
    assertThat(street.instances().values()).isEqualTo(other.instances().values());
    assertThat(street.uids().values()).isEqualTo(other.uids().values());
    assertThat(street.disparity().values()).isEqualTo(other.disparity().values());
    assertThat(street.camera()).isEqualTo(other.camera());
  }
}
