package org.sparkmto.cli;

import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.io.File;
import java.net.URL;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sparkmto.options.ConfigurationException;

/**
 * Remembers how deep below the file that was asked for each included file stands. The files are
 * read as they always are; addresses are not: what a run does must not depend on what a server says
 * today.
 */
final class IncludedFiles implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL {
  private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

  private final Map<String, Integer> depths = new HashMap<>();
  private ConfigIncluder usual;
  private int depth;

  /** 0 for the file that was asked for, 1 for one that it includes, and so on. */
  int depth(String file) {
    return depths.getOrDefault(file, 0);
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    if (usual == null) {
      usual = fallback;
    }
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    if (ADDRESS.matcher(what).matches()) {
      throw refused(what);
    }
    refuseMissing(context, what);
    depth++;
    try {
      ConfigObject values = usual.include(context, what);
      note(values);
      return values;
    } finally {
      depth--;
    }
  }

  /** HOCON passes over what is not there, and a run would silently be another. */
  private static void refuseMissing(ConfigIncludeContext context, String what) {
    boolean there =
        Stream.of("", ".conf", ".json", ".properties")
            .map(end -> context.relativeTo(what + end))
            .filter(Objects::nonNull)
            .anyMatch(file -> file.origin().filename() != null);
    if (!there) {
      throw new ConfigurationException("include of %s: there is no such file".formatted(what));
    }
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File file) {
    depth++;
    try {
      ConfigObject values = ((ConfigIncluderFile) usual).includeFile(context, file);
      note(values);
      return values;
    } finally {
      depth--;
    }
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL address) {
    throw refused(address.toString());
  }

  private static ConfigurationException refused(String address) {
    return new ConfigurationException(
        "include of %s: addresses are not read; copy the file beside yours and include that"
            .formatted(address));
  }

  /** Files that these include in turn have been noted before. */
  private void note(ConfigValue value) {
    ConfigOrigin origin = value.origin();
    if (origin.filename() != null) {
      depths.putIfAbsent(origin.filename(), depth);
    }
    if (value instanceof ConfigObject object) {
      object.values().forEach(this::note);
    } else if (value instanceof List<?> list) {
      list.forEach(one -> note((ConfigValue) one));
    }
  }
}
