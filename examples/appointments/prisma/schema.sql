-- The schema of prisma/schema.prisma, as SQL: applied at every start to an empty database.
CREATE TYPE appointment_status AS ENUM ('booked', 'confirmed', 'cancelled');

CREATE TABLE doctors
(
    id        serial PRIMARY KEY,
    name      text NOT NULL,
    specialty text NOT NULL
);

CREATE TABLE patients
(
    id    serial PRIMARY KEY,
    name  text NOT NULL,
    phone text NOT NULL
);

CREATE TABLE appointments
(
    id         serial PRIMARY KEY,
    doctor_id  integer            NOT NULL REFERENCES doctors (id),
    patient_id integer            NOT NULL REFERENCES patients (id),
    starts_at  timestamptz(3)     NOT NULL,
    status     appointment_status NOT NULL DEFAULT 'booked',
    reason     text               NOT NULL,
    created_at timestamptz(3)     NOT NULL DEFAULT now()
);

CREATE INDEX appointments_by_start ON appointments (starts_at);

-- Two living appointments cannot share a doctor's hour: the second insert fails, and the API answers 409.
CREATE UNIQUE INDEX appointments_slot ON appointments (doctor_id, starts_at) WHERE status <> 'cancelled';

-- Counts a day's clashing appointments. A release that calls it on every listing is the demo's slow query. The sleep
-- stands for the missing index of a table of millions: it keeps the caller waiting without heating the reader's laptop.
CREATE FUNCTION clashing_appointments(first timestamptz, last timestamptz) RETURNS bigint
    LANGUAGE sql VOLATILE
AS
$$
SELECT pg_sleep(0.25 + random() * 0.4);
SELECT count(*)
FROM appointments one
         JOIN appointments other ON one.patient_id = other.patient_id AND one.starts_at = other.starts_at AND one.id < other.id
WHERE one.starts_at >= first AND one.starts_at < last
$$;

INSERT INTO doctors (name, specialty)
SELECT (ARRAY ['Ana Prado','Bruno Leal','Carla Nunes','Davi Rocha','Elisa Campos','Fabio Teles','Gilda Moura','Heitor Dias',
               'Iris Falcao','Jonas Pires','Karen Lopes','Lucas Amaral'])[n],
       (ARRAY ['cardiology','dermatology','pediatrics','orthopedics'])[1 + n % 4]
FROM generate_series(1, 12) AS n;

INSERT INTO patients (name, phone)
SELECT (ARRAY ['Alice','Bento','Cecilia','Diego','Estela','Felipe','Gabriela','Hugo','Isabel','Joana'])[1 + n % 10] || ' ' ||
       (ARRAY ['Souza','Lima','Ferreira','Costa','Ribeiro','Alves','Barbosa','Cardoso','Mendes','Freitas'])[1 + n / 10 % 10],
       '+55119' || lpad((n * 7919 % 100000000)::text, 8, '0')
FROM generate_series(1, 400) AS n;

-- Two weeks of half-full days, so that the first listing has something to list.
INSERT INTO appointments (doctor_id, patient_id, starts_at, status, reason)
SELECT doctor, 1 + (doctor * 131 + day * 17 + hour * 7) % 400,
       date_trunc('day', now()) + day * interval '1 day' + hour * interval '30 minutes', 'confirmed', 'check-up'
FROM generate_series(1, 12) AS doctor, generate_series(0, 13) AS day, generate_series(16, 35) AS hour
WHERE (doctor + day + hour) % 2 = 0;

ANALYZE;
