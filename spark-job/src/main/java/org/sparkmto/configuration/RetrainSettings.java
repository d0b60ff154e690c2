package org.sparkmto.configuration;

import com.typesafe.config.Config;

/**
 * All that a configuration says of retraining.
 *
 * @param section from what data and model
 * @param rule when the new model is promoted
 * @param byTask whether every task counts the same in Delta_m, or every figure
 */
public record RetrainSettings(RetrainSection section, RetrainSection.Rule rule, boolean byTask) {
  static RetrainSettings of(Config config) {
    SelectionSection selection = SelectionSection.of(SelectionSection.KEYS.read(config));
    return new RetrainSettings(
        RetrainSection.of(RetrainSection.KEYS.read(config)),
        RetrainSection.Rule.of(RetrainSection.RULE_KEYS.read(config)),
        selection.byTask());
  }
}
