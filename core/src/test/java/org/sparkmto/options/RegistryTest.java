package org.sparkmto.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Public, because the jars of its tests are compiled against it. */
public class RegistryTest {
  private static final Entry<String> PLAIN = word("plain");

  /** The registry that {@link #aProviderMayBuildOnWhatIsBuiltIn} has given to its jar. */
  public static final Registry<Entry<String>> BUILT_ON =
      Registry.open("word", List.of(PLAIN), WordProvider.class);

  @TempDir private Path folder;

  /** Words, to which jars may add. */
  public interface WordProvider extends EntryProvider<Entry<String>> {}

  /** An entry as jars have it. */
  public static Entry<String> word(String name) {
    return new Entry<>("word", name, "a word, " + name, List.of(), options -> name);
  }

  /** A jar with one provider. */
  private Path jar(String name, String provider, String entries) throws IOException {
    String source =
        """
        package com.example;

        import java.util.List;
        import org.sparkmto.options.Entry;
        import org.sparkmto.options.RegistryTest;

        public final class %s implements RegistryTest.WordProvider {
          @Override
          public List<Entry<String>> entries() {
            return %s;
          }
        }
        """
            .formatted(provider, entries);
    return OwnJar.write(
        folder, name, Map.of(provider, source), Map.of(WordProvider.class, provider));
  }

  /** A registry that was first asked in a thread with these jars. */
  private static Registry<Entry<String>> asked(Path... jars) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    Registry<Entry<String>> registry = Registry.open("word", List.of(PLAIN), WordProvider.class);
    try (URLClassLoader loader = OwnJar.loader(before, jars)) {
      thread.setContextClassLoader(loader);
      registry.names();
      return registry;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void whatJarsProvideStandsBehindTheBuiltInOnesInOneOrder() throws IOException {
    Path first =
        jar("b.jar", "First", "List.of(RegistryTest.word(\"zeta\"), RegistryTest.word(\"beta\"))");
    Path second = jar("a.jar", "Second", "List.of(RegistryTest.word(\"alpha\"))");
    for (Path[] jars : List.of(new Path[] {first, second}, new Path[] {second, first})) {
      Registry<Entry<String>> registry = asked(jars);
      assertThat(registry.names()).containsExactly("plain", "zeta", "beta", "alpha");
      assertThat(registry.builtIn()).containsExactly(PLAIN);
      assertThat(registry.entry("beta").make(Map.of())).isEqualTo("beta");
      assertThat(registry.origin("beta")).contains("b.jar");
      assertThat(registry.origin("alpha")).contains("a.jar");
      assertThat(registry.origin("plain")).isEmpty();
      assertThat(registry.listed(registry.entry("alpha"))).isEqualTo("alpha (from a.jar)");
      assertThat(registry.listed(PLAIN)).isEqualTo("plain");
    }
  }

  @Test
  void aThreadWithoutAContextSeesWhatTheRegistryItselfSees() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      thread.setContextClassLoader(null);
      assertThat(Registry.open("word", List.of(PLAIN), WordProvider.class).names())
          .containsExactly("plain");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void aNameThatIsTakenIsRefusedNamingBoth() throws IOException {
    Path one = jar("one.jar", "One", "List.of(RegistryTest.word(\"same\"))");
    Path two = jar("two.jar", "Two", "List.of(RegistryTest.word(\"same\"))");
    assertThatThrownBy(() -> asked(one, two))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "two of kind word are named 'same', that of com.example.Two in two.jar and"
                + " com.example.One in one.jar; one must be renamed, or its jar taken off the class"
                + " path");
    Path builtIn = jar("three.jar", "Three", "List.of(RegistryTest.word(\"plain\"))");
    assertThatThrownBy(() -> asked(builtIn))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("that of com.example.Three in three.jar and the built-in one;");
  }

  @Test
  void whatCannotBeTakenIsRefusedInOneLineThatNamesItsJar() throws IOException {
    Path shouting = jar("loud.jar", "Loud", "List.of(RegistryTest.word(\"Not_A_Name\"))");
    assertThatThrownBy(() -> asked(shouting))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "word 'Not_A_Name' of com.example.Loud in loud.jar: a name is lower-case words and"
                + " numbers joined by hyphens");
    Path broken = jar("broken.jar", "Broken", "List.of(RegistryTest.word(List.of(\"a\").get(1)))");
    assertThatThrownBy(() -> asked(broken))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "com.example.Broken in broken.jar offers a word that cannot be made: ");
    Path empty = OwnJar.write(folder, "empty.jar", Map.of(), Map.of(WordProvider.class, "Missing"));
    assertThatThrownBy(() -> asked(empty))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("a jar on the class path offers a word that cannot be loaded: ")
        .hasMessageContaining("com.example.Missing")
        .message()
        .hasLineCount(1);
  }

  @Test
  void aProviderMayBuildOnWhatIsBuiltIn() throws IOException {
    Path jar =
        jar(
            "more.jar",
            "More",
            "List.of(RegistryTest.word(RegistryTest.BUILT_ON.entry(\"plain\").name() + \"er\"))");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = OwnJar.loader(before, jar)) {
      thread.setContextClassLoader(loader);
      assertThat(BUILT_ON.names()).containsExactly("plain", "plainer");
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
