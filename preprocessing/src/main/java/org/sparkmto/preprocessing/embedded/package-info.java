/** Encoded images that stand in rows of tables, on their way to the tasks that decode them. */
package org.sparkmto.preprocessing.embedded;
