package org.sparkmto.preprocessing.cifar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class Cifar100ClassesTest {
  /** The table of the data set's page: fine classes by coarse class. */
  private static final String TABLE =
      """
      aquatic_mammals: beaver, dolphin, otter, seal, whale
      fish: aquarium_fish, flatfish, ray, shark, trout
      flowers: orchid, poppy, rose, sunflower, tulip
      food_containers: bottle, bowl, can, cup, plate
      fruit_and_vegetables: apple, mushroom, orange, pear, sweet_pepper
      household_electrical_devices: clock, keyboard, lamp, telephone, television
      household_furniture: bed, chair, couch, table, wardrobe
      insects: bee, beetle, butterfly, caterpillar, cockroach
      large_carnivores: bear, leopard, lion, tiger, wolf
      large_man-made_outdoor_things: bridge, castle, house, road, skyscraper
      large_natural_outdoor_scenes: cloud, forest, mountain, plain, sea
      large_omnivores_and_herbivores: camel, cattle, chimpanzee, elephant, kangaroo
      medium_mammals: fox, porcupine, possum, raccoon, skunk
      non-insect_invertebrates: crab, lobster, snail, spider, worm
      people: baby, boy, girl, man, woman
      reptiles: crocodile, dinosaur, lizard, snake, turtle
      small_mammals: hamster, mouse, rabbit, shrew, squirrel
      trees: maple_tree, oak_tree, palm_tree, pine_tree, willow_tree
      vehicles_1: bicycle, bus, motorcycle, pickup_truck, train
      vehicles_2: lawn_mower, rocket, streetcar, tank, tractor
      """;

  @Test
  void fineClassesAreNumberedAlphabeticallyAndBelongToTheirCoarseOnes() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (String line : TABLE.lines().toList()) {
      int colon = line.indexOf(':');
      groups.put(line.substring(0, colon), List.of(line.substring(colon + 2).split(", ", -1)));
    }
    List<String> alphabet = new ArrayList<>();
    groups.values().forEach(alphabet::addAll);
    Collections.sort(alphabet);
    assertThat(alphabet).hasSize(100).doesNotHaveDuplicates();
    assertThat(Cifar100Classes.FINE).isEqualTo(alphabet);
    assertThat(Cifar100Classes.COARSE).containsExactlyElementsOf(groups.keySet());
    int coarse = 0;
    for (List<String> group : groups.values()) {
      List<String> sorted = group.stream().sorted().toList();
      assertThat(Cifar100Classes.fineNames(coarse)).isEqualTo(sorted);
      for (String name : group) {
        int fine = alphabet.indexOf(name);
        assertThat(Cifar100Classes.coarse(fine)).as(name).isEqualTo(coarse);
        assertThat(Cifar100Classes.rank(fine)).as(name).isEqualTo(sorted.indexOf(name));
      }
      coarse++;
    }
  }
}
