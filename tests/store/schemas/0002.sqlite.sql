BEGIN TRANSACTION;
CREATE TABLE iptengine_events (
	position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	course TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT iptengine_one_event_a_version UNIQUE (course, version)
);
INSERT INTO "iptengine_events" VALUES(1,'a',1,'{"v":1,"note":"one"}');
INSERT INTO "iptengine_events" VALUES(2,'a',2,'{"v":1,"note":"\ud800 half"}');
INSERT INTO "iptengine_events" VALUES(3,'b-2',1,'{"v":1,"note":"'' OR 1=1 --"}');
INSERT INTO "iptengine_events" VALUES(4,'a',3,'{"v":1,"note":"three"}');
CREATE TABLE iptengine_lists (
	course TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	made TEXT DEFAULT '' NOT NULL, 
	since INTEGER DEFAULT '3652059' NOT NULL, 
	until INTEGER DEFAULT '1' NOT NULL, 
	alerts BOOLEAN DEFAULT 0 NOT NULL, 
	stuck BOOLEAN DEFAULT 0 NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (course)
);
INSERT INTO "iptengine_lists" VALUES('a',3,'form 1',739678,739684,1,0,'{"note":"kept"}');
INSERT INTO "iptengine_lists" VALUES('b-2',1,'',3652059,1,0,0,'');
CREATE TABLE iptengine_protocols (
	digest TEXT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "iptengine_protocols" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','{"title":"Grief 😀 é"}');
CREATE TABLE iptengine_schema (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT iptengine_schema_pkc PRIMARY KEY (version_num)
);
INSERT INTO "iptengine_schema" VALUES('0002');
CREATE TRIGGER iptengine_lists_follow AFTER INSERT ON iptengine_events BEGIN
INSERT INTO iptengine_lists (course, version) VALUES (NEW.course, NEW.version) 
ON CONFLICT (course) DO UPDATE SET version = excluded.version, made = '', since = 3652059, until = 1,
alerts = false, stuck = false, text = ''
;
END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('iptengine_events',4);
COMMIT;
