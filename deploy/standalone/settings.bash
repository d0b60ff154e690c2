# Sourced by start, submit and stop: reads cluster.conf and runs classes of Spark.
# shellcheck shell=bash

: "${here:?the folder of the script that reads this}"

refuse() {
  echo "$(basename "$0"): $1" >&2
  exit 2
}

root=$(cd "$here/../.." && pwd)
conf=${SPARK_MTO_CLUSTER:-$here/cluster.conf}
[[ -f $conf ]] || refuse "SPARK_MTO_CLUSTER is $conf, but there is no such file"

declare -A daemon=([directory]=runs/standalone [address]=127.0.0.1 [port]=7077 [page]=8080 [worker-page]=0
  [workers]=1 [cores]=1 [gpus]=0 [memory]=2g [heap]=512m [master]="" [local-dirs]="")
declare -A spark=()
number=0
while IFS= read -r line || [[ -n $line ]]; do
  number=$((number + 1))
  read -r key value <<< "$line"
  case $key in
    "" | "#"*) ;;
    daemon.*)
      [[ -v daemon[${key#daemon.}] ]] ||
        refuse "$conf line $number: unknown key $key; there are daemon.{$(tr ' ' ',' <<< "${!daemon[*]}")}"
      daemon[${key#daemon.}]=$value
      ;;
    spark.*) spark[$key]=$value ;;
    *) refuse "$conf line $number: a key starts with daemon. or spark., not $key" ;;
  esac
done < "$conf"
for key in port page worker-page workers cores gpus; do
  [[ ${daemon[$key]} =~ ^[0-9]+$ ]] || refuse "$conf: daemon.$key is a number, not '${daemon[$key]}'"
done

# A path of the configuration file, absolute.
absolute() {
  [[ $1 == /* ]] && echo "$1" || echo "$root/$1"
}
directory=$(absolute "${daemon[directory]}")

# mebibytes SIZE: 2g, 512m, and plain numbers, which Spark takes for mebibytes.
mebibytes() {
  case ${1,,} in
    *[!0-9]t | *[!0-9]g | *[!0-9]m) echo 0 ;;
    *t) echo $((${1%[tT]} * 1024 * 1024)) ;;
    *g) echo $((${1%[gG]} * 1024)) ;;
    *m) echo "${1%[mM]}" ;;
    *[!0-9]*) echo 0 ;;
    *) echo "${1:-0}" ;;
  esac
}

# -- Java and Spark

# The application, and sets java and SPARK_HOME: an installed Spark, or the jars of the build.
find_spark() {
  if [[ -n ${JAVA_HOME:-} ]]; then
    java=$JAVA_HOME/bin/java
    [[ -x $java ]] || refuse "JAVA_HOME is $JAVA_HOME, but there is no bin/java in it"
  else
    java=$(command -v java) || refuse "no java on the PATH and no JAVA_HOME; install a JDK 17 or newer"
  fi
  jar=${SPARK_MTO_JAR:-$root/spark-job/target/spark-mto.jar}
  [[ -f $jar ]] ||
    refuse "$jar is not there; build it (./mvnw -Dmaven.test.skip=true package), or name it in SPARK_MTO_JAR"
  if [[ -z ${SPARK_HOME:-} ]]; then
    local list=$root/spark-job/target/spark.classpath element
    [[ -f $list ]] ||
      refuse "no SPARK_HOME, and no $list, which the build makes; set SPARK_HOME to a Spark 4.1"
    SPARK_HOME=$directory/spark
    # All that Spark asks of its home are its jars.
    rm -rf "$SPARK_HOME.new"
    mkdir -p "$SPARK_HOME.new/jars"
    while IFS= read -r -d : element; do
      ln -s "$element" "$SPARK_HOME.new/jars/"
    done < <(tr -d '\n' < "$list" && echo :)
    # Left alone where it is right: a master may be loading its classes from it.
    if ! diff -q <(cd "$SPARK_HOME.new/jars" && readlink -- *) \
      <(cd "$SPARK_HOME/jars" 2> /dev/null && readlink -- *) > /dev/null; then
      rm -rf "$SPARK_HOME"
      mv "$SPARK_HOME.new" "$SPARK_HOME"
    fi
    rm -rf "$SPARK_HOME.new"
  fi
  compgen -G "$SPARK_HOME/jars/spark-core_2.13-4.1.*.jar" > /dev/null ||
    refuse "SPARK_HOME is $SPARK_HOME, and its folder jars has no spark-core_2.13-4.1.*.jar; it needs Spark 4.1 of Scala 2.13"
  export SPARK_HOME SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=${daemon[address]}
  export SPARK_LOCAL_HOSTNAME=${daemon[address]} OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
}

# run_spark CLASS ARGUMENT...: in place of this process, by the command line that Spark's own launcher
# makes of it, as bin/spark-class does.
run_spark() {
  local words=() line=() word
  mapfile -d '' -t words < <("$java" -Xmx128m -XX:TieredStopAtLevel=1 -cp "$SPARK_HOME/jars/*" \
    org.apache.spark.launcher.Main "$@")
  # The first word ends what the launcher may have said before the command.
  ((${#words[@]} > 1)) || refuse "Spark's launcher made no command of $*; see above"
  words[1]=${words[1]#$'\n'}
  for word in "${words[@]:1}"; do
    # Only Spark's own linear algebra uses this module, and Java warns about it at every start.
    [[ $word == --add-modules=jdk.incubator.vector ]] || line+=("$word")
  done
  exec "${line[@]}"
}

# Makes DIRECTORY/spark.conf anew: what this file sets, and what depends on its paths.
write_spark_conf() {
  local key file
  (
    umask 077
    if [[ ! -s $directory/secret ]]; then
      [[ -z ${daemon[master]} ]] ||
        refuse "$directory/secret is not there; copy that of the master's machine"
      head -c 32 /dev/urandom | base64 > "$directory/secret"
    fi
    file=$(mktemp "$directory/spark.conf.XXXXXX")
    {
      echo "spark.driver.host ${daemon[address]}"
      echo "spark.driver.bindAddress ${daemon[address]}"
      if ((daemon[gpus] > 0)); then
        echo "spark.worker.resource.gpu.amount ${daemon[gpus]}"
        echo "spark.worker.resource.gpu.discoveryScript $root/deploy/gpu/discover"
      fi
      [[ -v spark[spark.eventLog.dir] ]] || echo "spark.eventLog.dir file://$directory/events"
      for key in "${!spark[@]}"; do
        echo "$key ${spark[$key]}"
      done
      [[ -v spark[spark.authenticate.secret] ]] ||
        echo "spark.authenticate.secret $(< "$directory/secret")"
    } > "$file"
    mv "$file" "$directory/spark.conf"
  ) || exit
}

# -- Processes. DIRECTORY/pid/NAME holds a process id and when that process began, because ids are
# used again.

began() {
  local stat words
  { read -r stat < "/proc/$1/stat"; } 2> /dev/null || return 1
  # After the name in parentheses, which may hold blanks.
  read -r -a words <<< "${stat##*) }"
  echo "${words[19]}"
}

remember() {
  echo "$2 $(began "$2")" > "$directory/pid/$1"
}

# The process id of NAME, if that process lives.
living() {
  local id since
  read -r id since 2> /dev/null < "$directory/pid/$1" && [[ $(began "$id") == "$since" ]] && echo "$id"
}

# The names of those that live and start with WORD.
names() {
  local file
  for file in "$directory/pid/$1"*; do
    [[ ! -f $file ]] || ! living "${file##*/}" > /dev/null || echo "${file##*/}"
  done
}
