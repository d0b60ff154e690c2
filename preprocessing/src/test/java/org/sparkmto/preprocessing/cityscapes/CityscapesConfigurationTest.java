package org.sparkmto.preprocessing.cityscapes;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.options.Option;

/** The files in conf. */
class CityscapesConfigurationTest {
  /** What they say of the usual values is true. */
  @ParameterizedTest
  @CsvSource({"2-task,mtan-2", "3-task,kendall-3", "parts,ial-3"})
  void theFilesHoldTheUsualValues(String file, String tasks) {
    Path path = Path.of("..", "conf", "preprocess-cityscapes-" + file + ".conf");
    assertThat(Files.isRegularFile(path)).isTrue();
    Config config = ConfigFactory.parseFile(path.toFile());
    Choices written = choices(config);
    Choices usual = choices(ConfigFactory.parseString("tasks = " + tasks));
    assertThat(written).usingRecursiveComparison().isEqualTo(usual);
    assertThat(config.root().keySet())
        .contains("tasks", "size", "target-size", "image-filter", "nearest", "classes", "disparity")
        .contains("validation-share", "validation-seed");
  }

  @Test
  void everyOptionSaysWhatItIs() {
    for (Option option : Cityscapes.ENTRY.options()) {
      assertThat(option.meaning()).endsWith(".").hasSizeGreaterThan(40);
    }
    assertThat(Cityscapes.ENTRY.options()).extracting(Option::name).contains("size");
  }

  private static Choices choices(Config config) {
    return Choices.of(Cityscapes.ENTRY.read(config.root().unwrapped()));
  }
}
