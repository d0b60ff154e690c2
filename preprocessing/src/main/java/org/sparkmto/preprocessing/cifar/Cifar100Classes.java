package org.sparkmto.preprocessing.cifar;

import java.util.ArrayList;
import java.util.List;

/**
 * The 100 fine classes of CIFAR-100 (Krizhevsky 2009), numbered in alphabetical order, and the 20
 * coarse classes of five fine ones each.
 */
final class Cifar100Classes {
  static final List<String> COARSE =
      List.of(
          "aquatic_mammals",
          "fish",
          "flowers",
          "food_containers",
          "fruit_and_vegetables",
          "household_electrical_devices",
          "household_furniture",
          "insects",
          "large_carnivores",
          "large_man-made_outdoor_things",
          "large_natural_outdoor_scenes",
          "large_omnivores_and_herbivores",
          "medium_mammals",
          "non-insect_invertebrates",
          "people",
          "reptiles",
          "small_mammals",
          "trees",
          "vehicles_1",
          "vehicles_2");

  static final List<String> FINE =
      List.of(
          ("apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus"
                  + " butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud"
                  + " cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish forest"
                  + " fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard"
                  + " lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange"
                  + " orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy"
                  + " porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew"
                  + " skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper"
                  + " table tank telephone television tiger tractor train trout tulip turtle"
                  + " wardrobe whale willow_tree wolf woman worm")
              .split(" "));

  /** Fine classes of a coarse one. */
  static final int PER_COARSE = 5;

  private static final int[] COARSE_OF_FINE = {
    4, 1, 14, 8, 0, 6, 7, 7, 18, 3, 3, 14, 9, 18, 7, 11, 3, 9, 7, 11, 6, 11, 5, 10, 7, 6, 13, 15, 3,
    15, 0, 11, 1, 10, 12, 14, 16, 9, 11, 5, 5, 19, 8, 8, 15, 13, 14, 17, 18, 10, 16, 4, 17, 4, 2, 0,
    17, 4, 18, 17, 10, 3, 2, 12, 12, 16, 12, 1, 9, 19, 2, 10, 0, 1, 16, 12, 9, 13, 15, 13, 16, 19,
    2, 4, 6, 19, 5, 5, 8, 19, 18, 1, 2, 15, 6, 0, 17, 8, 14, 13
  };

  private Cifar100Classes() {}

  /** The coarse class of a fine one, 0..99. */
  static int coarse(int fine) {
    return COARSE_OF_FINE[fine];
  }

  /** The place of a fine class among the five of its coarse one, in ascending order: 0..4. */
  static int rank(int fine) {
    int rank = 0;
    for (int other = 0; other < fine; other++) {
      if (COARSE_OF_FINE[other] == COARSE_OF_FINE[fine]) {
        rank++;
      }
    }
    return rank;
  }

  /** Names of the five fine classes of a coarse one, by rank. */
  static List<String> fineNames(int coarse) {
    List<String> names = new ArrayList<>();
    for (int fine = 0; fine < COARSE_OF_FINE.length; fine++) {
      if (COARSE_OF_FINE[fine] == coarse) {
        names.add(FINE.get(fine));
      }
    }
    return names;
  }
}
