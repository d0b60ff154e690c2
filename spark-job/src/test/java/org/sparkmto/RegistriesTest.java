package org.sparkmto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.method.LayerwiseMethod;
import org.sparkmto.method.Method;
import org.sparkmto.method.Methods;
import org.sparkmto.metric.Metric;
import org.sparkmto.metric.Metrics;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.optimizer.MaoRule;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.optimizer.Schedules;
import org.sparkmto.optimizer.WarmUp;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;
import org.sparkmto.options.Registry;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.job.RawDatasets;
import org.sparkmto.preprocessing.samples.SampleGeneration;
import org.sparkmto.preprocessing.samples.SampleGenerator;

/**
 * Whoever writes a method, optimiser, schedule, network, loss, metric, raw data set or generator of
 * samples and forgets to register it is told so, and so is whoever registers one without saying
 * what it is.
 */
class RegistriesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("test-classes"))
          .importPackages("org.sparkmto");

  /** Parts of others, which nobody can choose alone. */
  private static final Set<Class<?>> PARTS =
      Set.of(MaoRule.class, WarmUp.class, LayerwiseMethod.class);

  /**
   * @param type what implementations implement
   * @param registry where their entries belong
   */
  private record Kind(String type, Registry<? extends Documented> registry) {
    @Override
    public String toString() {
      return registry.kind();
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind(Method.class.getName(), Methods.known()),
        new Kind(Optimizer.class.getName(), Optimizers.known()),
        new Kind(Schedule.class.getName(), Schedules.known()),
        new Kind(Architecture.class.getName(), Architectures.known()),
        new Kind("org.sparkmto.network.TaskLoss", TaskLosses.known()),
        new Kind(Metric.class.getName(), Metrics.known()),
        new Kind(RawDataset.class.getName(), RawDatasets.known()),
        new Kind(SampleGenerator.class.getName(), SampleGeneration.known()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyImplementationDeclaresEntriesAndAllAreRegistered(Kind kind) throws Exception {
    List<Class<?>> implementations = implementations(kind.type());
    assertThat(implementations).isNotEmpty();
    List<Object> declared = new ArrayList<>();
    for (Class<?> implementation : implementations) {
      List<Object> own = entries(implementation);
      assertThat(own)
          .as("%s has no entry beside it: a static field of its registry's type", implementation)
          .isNotEmpty();
      declared.addAll(own);
    }
    assertThat(declared)
        .as("entries that the list of the registry lacks, or has from elsewhere")
        .containsExactlyInAnyOrderElementsOf(new ArrayList<Object>(kind.registry().builtIn()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyEntrySaysWhatItIsAndWhatEachOptionMeans(Kind kind) {
    for (Documented entry : kind.registry().builtIn()) {
      String name = kind.registry().kind() + " " + entry.name();
      assertThat(entry.name()).as(name).matches("[a-z0-9]+(-[a-z0-9]+)*");
      assertThat(entry.summary()).as(name).hasSizeGreaterThan(8);
      assertThat(entry.options()).extracting(Option::name).as(name).doesNotHaveDuplicates();
      for (Option option : entry.options()) {
        String both = name + " " + option.name();
        assertThat(option.meaning()).as(both).hasSizeGreaterThan(3);
        assertThat(option.kind().words()).as(both).isNotBlank();
        option
            .usual()
            .ifPresent(
                usual ->
                    assertThatCode(() -> option.kind().read(usual))
                        .as(both)
                        .doesNotThrowAnyException());
      }
    }
  }

  private static List<Class<?>> implementations(String type) {
    List<Class<?>> found = new ArrayList<>();
    for (JavaClass one : CLASSES) {
      if (one.isAssignableTo(type)
          && !one.isInterface()
          && !one.isAnonymousClass()
          && !one.getModifiers().contains(JavaModifier.ABSTRACT)
          && !PARTS.contains(one.reflect())) {
        found.add(one.reflect());
      }
    }
    return found;
  }

  private static List<Object> entries(Class<?> implementation) throws IllegalAccessException {
    List<Object> entries = new ArrayList<>();
    for (Field field : implementation.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())
          && Documented.class.isAssignableFrom(field.getType())) {
        field.setAccessible(true);
        entries.add(field.get(null));
      }
    }
    return entries;
  }
}
