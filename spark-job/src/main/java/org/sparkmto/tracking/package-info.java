/**
 * Tells a tracking server of a run while it trains: {@link org.sparkmto.tracking.RunTracking} takes
 * what the log gets and sends it, on a thread of its own, through {@link
 * org.sparkmto.tracking.MlflowServer}, which speaks MLflow's REST interface.
 *
 * <p>Not MLflow's Java client, because it brings more than it does: see docs/monitoring.md.
 */
package org.sparkmto.tracking;
