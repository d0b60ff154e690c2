package org.sparkmto.preprocessing.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.own.TaskOptions;

class ChosenDatasetTest {

  /** Digests of data sets cover these texts, so they stay as earlier versions have written them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "nyuv2 | size = 144x192, validation-share = 0.10, validation-seed = 5, crop = projected,"
            + " classes = \"40\""
            + " | {axes=x,y,z, classes=40, crop=projected, depth=filled, image-filter=antialiased,"
            + " nearest=centre, normals=fitted, normals-folder=normals, size=144x192,"
            + " validation-seed=5, validation-share=0.1}",
        "cityscapes | tasks = kendall-3, size = 64, max-depth = 8e1, full-width = null,"
            + " group-ignored-too = false, disparity = pixels"
            + " | {classes=, disparity=pixels, full-width=2048, group-ignored-too=false,"
            + " group-instances=ignored, image-filter=antialiased, max-depth=80, nearest=centre,"
            + " size=64, target-size=, tasks=kendall-3, validation-seed=0, validation-share=0.2}",
        "own | table = t.csv, split { column = fold, train = [a, b] }, test-share = 1e-1, inputs ="
            + " [{ column = image, channels = 1 }], tasks = [{ name = x, kind = binary, column = x"
            + " }], size = 8x8 | {decimal=point, encoding=auto, format=auto, group=,"
            + " id=, images=, inputs=[{\"channels\":1,\"column\":\"image\"}], levels=,"
            + " max-pixels=25000000, nearest=centre,"
            + " orientation=upright, separator=,, size=8x8,"
            + " split={\"column\":\"fold\",\"train\":[\"a\",\"b\"]}, table=t.csv,"
            + " tasks=[{\"column\":\"x\",\"kind\":\"binary\",\"name\":\"x\"}], test-share=0.1,"
            + " validation-seed=0, validation-share=0.2}",
      })
  void theManifestHasTheOptionsInTheWordsThatItAlwaysHad(
      String dataset, String given, String written) {
    assertThat(chosen(dataset, ConfigFactory.parseString(given)).options()).hasToString(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "celebs | | unknown raw data set 'celebs'; did you mean 'celeba'? Known are celeba, ",
        "celeba | sise = 4 | raw data set 'celeba' has no option 'sise'; did you mean 'size'?",
        "celeba | sise = null | has no option 'sise'",
        "celeba | size = [4] | option 'size' must be HEIGHTxWIDTH, such as 128x256, or one number,",
        "celeba | size = 0x5 | not '0x5'",
        "celeba | size = ${side} | the configuration is not complete",
        "cityscapes | tasks = mtan | must be one of mtan-2, kendall-3, ial-3, not 'mtan'",
        "cityscapes | classes = 8 | must be one of 7, 19, not '8'",
        "cityscapes | classes = 19, group-ignored-too = true | set classes = 7 or leave it",
        "multi-cifar100 | validation-share = 0.95 | a number from 0 to 0.9, not '0.95'",
        "multi-cifar100 | validation-seed = 1.5 | must be a whole number, not '1.5'",
        "pascal-context | tasks = edge | one or more of segmentation, human_parts, normals,",
        "pascal-context | validation-seed = -1 | must be 0 or more, not '-1'",
        "nyud-mt | edges = maybe | must be true or false, not 'maybe'",
        "own | table = t.csv, tasks = [] | raw data set 'own' needs the option 'inputs'",
      })
  void whatCannotBeIsRefusedInOneLineBeforeAnyFileIsLookedAt(
      String dataset, String given, String message) {
    Config config = ConfigFactory.parseString(given == null ? "" : given);
    assertThatThrownBy(() -> chosen(dataset, config))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n")
        .matches(e -> ((PreprocessingException) e).exitCode() == 2);
  }

  /** "Every key below has the value that it has when it is left out." */
  @ParameterizedTest
  @CsvSource({
    "nyuv2, preprocess-nyuv2-13.conf",
    "nyud-mt, preprocess-nyuv2-40.conf",
    "pascal-context, preprocess-pascal-context.conf",
    "emotic, preprocess-emotic.conf",
    "multi-cifar100, preprocess-multi-cifar100.conf",
  })
  void aFileInConfNamesEveryOptionWithItsUsualValue(String dataset, String file) {
    Config config = ConfigFactory.parseFile(conf(file).toFile());
    TreeMap<String, String> usual = new TreeMap<>(chosen(dataset, ConfigFactory.empty()).options());
    usual.values().removeIf(String::isEmpty); // that one is described in the file
    assertThat(chosen(dataset, config).options()).containsAllEntriesOf(usual);
    assertThat(config.root().keySet())
        .containsExactlyInAnyOrderElementsOf(
            RawDatasets.named(dataset).options().stream().map(Option::name).toList());
  }

  @Test
  void theExampleOfOwnDataNamesEveryOption() throws Exception {
    String text = Files.readString(conf("own.conf"));
    assertKeys(text, RawDatasets.named("own"));
    TaskOptions.known().all().forEach(kind -> assertKeys(text, kind));
  }

  private static void assertKeys(String text, Documented entry) {
    for (Option option : entry.options()) {
      assertThat(text)
          .as(entry.name())
          .containsPattern("(?m)\\b" + option.name() + "( = | +\\{|   )");
    }
  }

  private static Path conf(String file) {
    return Path.of("..", "conf", file);
  }

  private static ChosenDataset chosen(String dataset, Config config) {
    return ChosenDataset.of(RawDatasets.named(dataset), config);
  }
}
